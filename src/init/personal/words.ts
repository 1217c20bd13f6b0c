import type { PersonalKind } from "./kinds.js";

/** What names a kind of personal data, in several languages. */
export interface NameRule {
  readonly kind: PersonalKind;
  /** For the reason: its name says ... */
  readonly label: string;
  /** Words of a name, joined by `_`: as they stand in it, between its other words. */
  readonly words: readonly string[];
  /** Words that say so at the beginning or the end of a longer one, as in `kundentelefon`. */
  readonly stems?: readonly string[];
  /** The words mean other things, too: only numbers with a fraction count. */
  readonly onlyFractions?: true;
}

function list(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** In the order in which they are tried: `ip_address` is no postal address. */
export const NAME_RULES: readonly NameRule[] = [
  {
    kind: "secret",
    label: "secret",
    words: list(
      `password passwd pwd passphrase passcode secret client_secret api_key apikey access_key secret_key private_key
       access_token refresh_token id_token auth_token session_token bearer_token csrf_token xsrf_token token jwt
       authorization cookie cookies set_cookie session_id sessionid sid otp pin pin_code cvv cvc cvv2 csc
       passwort kennwort mot_de_passe motdepasse contrasena clave senha wachtwoord`,
    ),
    stems: list("password passwort kennwort"),
  },
  {
    kind: "ip",
    label: "IP address",
    words: list(
      `ip ips ip_address ip_addr ipaddress ipaddr ipv4 ipv6 client_ip remote_addr remote_address remoteaddr source_ip
       src_ip dst_ip x_forwarded_for forwarded_for x_real_ip ip_adresse adresse_ip direccion_ip indirizzo_ip`,
    ),
    stems: list("ipaddress ipadresse"),
  },
  {
    kind: "mac",
    label: "MAC address",
    words: list(
      "mac mac_address mac_addr macaddress macaddr wifi_mac bluetooth_mac bssid hw_address hardware_address",
    ),
  },
  {
    kind: "email",
    label: "e-mail address",
    words: list(
      `email emails e_mail mail mails email_address emailaddress mail_address mailadresse email_adresse courriel
       adresse_mail adresse_email correo correo_electronico posta_elettronica recipient_email sender_email gmail`,
    ),
    stems: list("email emailaddress courriel"),
  },
  {
    kind: "phone",
    label: "phone number",
    words: list(
      `phone phones phone_number phonenumber phone_no telephone tel telno tel_no mobile mobile_number mobile_phone
       mobile_no cell cellphone cell_phone msisdn fax whatsapp landline telefon telefonnummer handy handynummer
       mobilnummer mobiltelefon rufnummer telephone_portable numero_telephone telefono numero_telefono celular movil
       cellulare telefone telemovel telefoon telefoonnummer mobiel caller callee caller_id`,
    ),
    stems: list("telefon telephone phonenumber handynummer mobilnummer"),
  },
  {
    kind: "iban",
    label: "bank account",
    words: list(
      `iban bank_account bank_account_number account_number accountnumber account_no routing_number sort_code
       kontonummer bankkonto numero_compte compte_bancaire cuenta_bancaria numero_cuenta conto_corrente rekeningnummer`,
    ),
    stems: list("iban kontonummer accountnumber"),
  },
  {
    kind: "card",
    label: "card number",
    words: list(
      `card card_number cardnumber card_no cc_number ccnumber cc_num credit_card creditcard credit_card_number
       debit_card pan primary_account_number kartennummer kreditkarte kreditkartennummer numero_carte carte_bancaire
       numero_tarjeta tarjeta numero_carta carta_credito numero_cartao`,
    ),
    stems: list("cardnumber kreditkarte"),
  },
  {
    kind: "national-id",
    label: "national id",
    words: list(
      `ssn social_security social_security_number national_id nationalid national_insurance nino national_identity
       national_identification_number identity_number id_number id_card identity_card passport passport_number
       passport_no tax_id taxid tin tax_number itin driver_license drivers_license driver_licence license_number
       licence_number steuer_id steuerid steuernummer steueridentifikationsnummer personalausweis ausweisnummer
       ausweis reisepass sozialversicherungsnummer nir numero_secu numero_securite_sociale secu dni nie nif
       pasaporte codice_fiscale codicefiscale passaporto cpf cnpj aadhaar aadhar bsn pesel personnummer
       fodselsnummer cpr_number hetu medicare_number nhs_number license_plate licence_plate number_plate
       kennzeichen immatriculation matricula targa`,
    ),
    stems: list("passport sozialversicherungsnummer codicefiscale"),
  },
  {
    kind: "birth-date",
    label: "date of birth",
    words: list(
      `dob birth_date birthdate birth_day birthday date_of_birth dateofbirth born born_on birth birth_year year_of_birth
       geburtsdatum geburtstag geburtsjahr date_naissance date_de_naissance naissance fecha_nacimiento
       fecha_de_nacimiento nacimiento data_nascita data_di_nascita nascita data_nascimento nascimento
       geboortedatum`,
    ),
    stems: list("birthdate birthday geburts"),
  },
  {
    kind: "device",
    label: "device id",
    words: list(
      `device_id deviceid device_uuid device_identifier udid imei imsi meid iccid esn android_id androidid idfa idfv gaid
       aaid adid ad_id advertising_id advertisingid advertiser_id ifa serial_number serialnumber serial_no
       device_serial fingerprint device_fingerprint browser_fingerprint vendor_id push_token fcm_token apns_token
       device_token registration_id installation_id visitor_id cookie_id anonymous_id ga_id fbp fbc
       geraete_id geraet_id geraetenummer seriennummer id_dispositivo id_appareil numero_serie`,
    ),
    stems: list("deviceid advertisingid"),
  },
  {
    kind: "location",
    label: "precise location",
    words: list(
      `latitude longitude latlng lat_lng latlon lat_lon gps gps_position coordinates coords geolocation geo_location
       geo_point geohash geopoint plus_code what3words breitengrad laengengrad latitud longitud latitudine longitudine`,
    ),
    stems: list("latitude longitude geolocation"),
  },
  {
    kind: "location",
    label: "precise location",
    words: list(
      "lat lng lon long geo location position coordinate standort ubicacion localisation posizione",
    ),
    onlyFractions: true,
  },
  {
    kind: "person-name",
    label: "name of a person",
    words: list(
      `first_name firstname forename given_name givenname middle_name middlename last_name lastname surname family_name
       familyname full_name fullname display_name displayname real_name maiden_name legal_name nick_name nickname
       user_name username login screen_name screenname login_name account_name twitter_handle
       person_name customer_name contact_name client_name patient_name employee_name recipient_name sender_name
       passenger_name guest_name driver_name owner_name author_name member_name cardholder cardholder_name
       card_holder account_holder holder_name billing_name shipping_name ship_to bill_to attention
       vorname nachname familienname zuname geburtsname kundenname benutzername empfaenger ansprechpartner inhaber
       prenom nom_famille nom_de_famille nom_complet nom_client nom_utilisateur
       apellido apellidos primer_apellido segundo_apellido nombre_completo nombre_cliente nombre_usuario
       cognome nome_cognome nome_completo sobrenome nome_cliente nome_usuario voornaam achternaam tussenvoegsel
       gebruikersnaam imie nazwisko fornamn efternamn fornavn etternavn efternavn`,
    ),
    stems: list("firstname lastname surname vorname nachname username cardholder apellido"),
  },
  {
    kind: "address",
    label: "postal address",
    words: list(
      `address addresses addr street street_address street_name streetname street1 street2 street_line house_number
       house_no housenumber apartment apt_number flat_number address1 address2 address_1 address_2 address_line
       address_line1 address_line2 addressline1 addressline2 line1 line2 postal_address home_address
       billing_address shipping_address delivery_address mailing_address zip zip_code zipcode postcode post_code
       postal_code postalcode po_box
       adresse anschrift strasse hausnummer hausnr plz postleitzahl lieferadresse rechnungsadresse
       rue numero_rue code_postal adresse_postale calle direccion codigo_postal domicilio indirizzo codice_postale
       endereco rua cep logradouro adres straat huisnummer postcode_huisnummer`,
    ),
    stems: list("strasse anschrift hausnummer postleitzahl streetaddress homeaddress zipcode postalcode"),
  },
  {
    kind: "free-text",
    label: "free text, which may hold anything",
    words: list(
      `comment comments note notes feedback remark remarks free_text freetext review_text message_text message_body bio
       biography about_me kommentar kommentare bemerkung bemerkungen notiz notizen anmerkung commentaire commentaires
       remarque comentario comentarios observaciones nota commento commenti osservazioni observacao observacoes
       opmerking opmerkingen`,
    ),
  },
];

/** The end of a name that says something about the data, and not the data: `email_verified`, `phone_type`. */
export const NOT_THE_DATA: ReadonlySet<string> = new Set(
  list(
    `count counts total type types kind category class status state verified valid validated confirmed enabled disabled
     active required optional version length size format template code_type opt opted consent consented subscribed
     available present exists changed updated created at on_file country region brand scheme network issuer
     model manufacturer provider carrier expiry expires exp_month exp_year month year limit score attempts
     error errors retries in out source medium amount balance currency price cost fee rate domain mode template subject lang language locale`,
  ),
);

/** Whose `name` is a person's. */
export const PEOPLE: ReadonlySet<string> = new Set(
  list(
    `user users customer customers client clients contact contacts person people patient employee employees staff member
     members guest passenger passengers driver rider recipient sender author owner buyer seller shopper payer payee
     holder cardholder attendee student teacher doctor lead candidate applicant subscriber beneficiary traveler
     traveller host tenant_user assignee reporter creator follower friend parent child spouse
     kunde kunden benutzer nutzer person personen mitarbeiter empfaenger absender patientin fahrer gast
     utilisateur salarie destinataire expediteur personne usuario usuarios cliente clientes persona personas
     empleado paciente utente persone dipendente destinatario mittente pessoa klant gebruiker from to billing
     shipping profile identity`,
  ),
);

export const NAME_WORDS: ReadonlySet<string> = new Set(list("name names nom nome nombre naam namn navn"));
