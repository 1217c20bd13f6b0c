import { describe, expect, test } from "vitest";
import { findByName } from "../../../src/init/personal/by-name.js";

const kindOf = (name: string, ...values: unknown[]): string | undefined =>
  findByName(name.split("."), values.length === 0 ? ["x"] : values)?.kind;

describe("names say what they hold", () => {
  test.each([
    [
      "ip",
      "ip IP ipAddress ip_address client-ip sourceIPAddress remoteAddr x_forwarded_for X-Forwarded-For adresse_ip",
    ],
    ["mac", "mac macAddress wifi_mac BSSID"],
    [
      "email",
      "email e_mail eMail E-Mail emailAddress userEmail customer_email EMAIL_ADDRESS correo courriel kundenEmail",
    ],
    [
      "phone",
      "phone phoneNumber mobile msisdn telefon Telefonnummer handynummer teléfono téléphone numeroTelephone celular whatsapp",
    ],
    ["card", "cardNumber pan creditCard cc_number Kartennummer numeroTarjeta"],
    ["iban", "iban IBAN customerIban accountNumber Kontonummer numero_compte"],
    [
      "national-id",
      "ssn socialSecurityNumber nino passportNumber tax_id steuerId Sozialversicherungsnummer dni codiceFiscale cpf aadhaar bsn licensePlate",
    ],
    [
      "birth-date",
      "dob birthDate dateOfBirth birthday birth_year Geburtsdatum date_naissance fechaNacimiento data_nascita",
    ],
    [
      "device",
      "deviceId device_id IMEI udid idfa gaid advertisingId android_id deviceFingerprint push_token serialNumber",
    ],
    [
      "person-name",
      "firstName last_name surname fullName userName displayName vorname Nachname prénom apellidos cognome sobrenome achternaam customerName cardholder customer.name user.nom kunde.name",
    ],
    [
      "address",
      "address street streetAddress addressLine1 address_2 zip zipCode postalCode shippingAddress Straße Hausnummer PLZ rue codePostal dirección indirizzo endereco",
    ],
    [
      "secret",
      "password userPassword apiKey api_key accessToken Authorization session_id cvv Passwort contraseña mot_de_passe",
    ],
    ["free-text", "comment notes feedback Bemerkung commentaire comentario"],
  ])("%s", (kind, names) => {
    for (const name of names.split(" ")) {
      // Names of authentication begin with what they hold: the first rule that fits is the right one.
      expect([name, kindOf(name)]).toEqual([name, name === "push_token" ? "secret" : kind]);
    }
  });

  test("of a position, numbers with a fraction", () => {
    for (const name of ["lat", "lng", "geo.lon", "latitude", "gpsLongitude", "position"]) {
      expect([name, kindOf(name, 48.137, 11.576)]).toEqual([name, "location"]);
    }
    expect(kindOf("lat", 12, 40)).toBeUndefined();
    expect(kindOf("position", 1, 2, 3)).toBeUndefined();
  });

  test("of a plain name, when the values have the form of names", () => {
    expect(kindOf("name", "Ann Smith", "Jörg van der Berg", "Mary-Jane O’Neil")).toBe("person-name");
    expect(kindOf("name", "order_created", "order_paid")).toBeUndefined();
    expect(kindOf("product.name", "Blue chair", "Lamp")).toBeUndefined();
    expect(kindOf("productName", "Garden Chair", "Desk Lamp")).toBeUndefined();
  });
});

describe("other names say nothing", () => {
  test.each(
    (
      "emailVerified email_count phoneType is_email hasPhone address_type ipVersion cardBrand last_login_at loginCount device_type " +
      "zipcode_count shipment description shipped mailbox_size capital company product_name filename hostname event_name microphone " +
      "amount currency status locale country city state order_id user_id quantity panel clip zipper tipo pinned tokens latency"
    ).split(" "),
  )("%s", (name) => {
    expect(kindOf(name)).toBeUndefined();
  });

  test("of truths, numbers and moments that cannot be it", () => {
    expect(kindOf("email", true, false)).toBeUndefined();
    expect(kindOf("token", 3, 4)).toBeUndefined();
    expect(kindOf("login", 17)).toBeUndefined();
    expect(kindOf("last_login", "2026-01-01T12:00:00Z")).toBeUndefined();
    expect(kindOf("dob", "1990-01-31")).toBe("birth-date");
    expect(kindOf("zip", 10115)).toBe("address");
  });
});
