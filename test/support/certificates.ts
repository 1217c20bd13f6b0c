import "reflect-metadata";
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate with its private key, both in PEM form. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly name: string;
  /** DNS names and IP addresses of a server; none: the common name stands for it. */
  readonly hosts?: readonly string[];
  readonly expired?: boolean;
}

export interface Authority {
  /** PEM */
  readonly cert: string;
  issue(options: CertificateOptions): Promise<Certified>;
  /** A list of these certificates as revoked. */
  revoke(...certificates: readonly Certified[]): Promise<string>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

/** A new certificate authority for one test file. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${name}`, keys, signingAlgorithm: ALGORITHM, serialNumber: serial() },
    ...validity(false),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert: root.toString("pem"),
    issue: async (options) => {
      const own = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...{ subject: `CN=${options.name}`, issuer: root.subject, serialNumber: serial() },
        ...{ publicKey: own.publicKey, signingKey: keys.privateKey, signingAlgorithm: ALGORITHM },
        ...validity(options.expired === true),
        extensions: hostsExtension(options),
      });
      return certified(certificate, own);
    },
    revoke: async (...certificates) => {
      const crl = await x509.X509CrlGenerator.create({
        ...{ issuer: root.subject, signingKey: keys.privateKey, signingAlgorithm: ALGORITHM },
        ...{ thisUpdate: new Date(Date.now() - DAY_MS), nextUpdate: new Date(Date.now() + DAY_MS) },
        entries: certificates.map(({ cert }) => ({
          serialNumber: new x509.X509Certificate(cert).serialNumber,
          revocationDate: new Date(Date.now() - DAY_MS),
        })),
      });
      return crl.toString("pem").replaceAll(" CRL-", " X509 CRL-");
    },
  };
}

/** A certificate that nobody but itself vouches for. */
export async function selfSigned(options: CertificateOptions): Promise<Certified> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${options.name}`, keys, signingAlgorithm: ALGORITHM, serialNumber: serial() },
    ...validity(false),
    extensions: hostsExtension(options),
  });
  return certified(certificate, keys);
}

function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

type Certificate = x509.X509Certificate;

function certified(certificate: Certificate, { privateKey }: CryptoKeyPair): Certified {
  const key = KeyObject.from(privateKey);
  return {
    cert: certificate.toString("pem"),
    key: key.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

function hostsExtension({ hosts = [] }: CertificateOptions): x509.Extension[] {
  if (hosts.length === 0) return [];
  return [
    new x509.SubjectAlternativeNameExtension(
      hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? ("ip" as const) : ("dns" as const), value })),
    ),
  ];
}

function validity(expired: boolean): { notBefore: Date; notAfter: Date } {
  const end = expired ? -DAY_MS : 30 * DAY_MS;
  return { notBefore: new Date(Date.now() - 10 * DAY_MS), notAfter: new Date(Date.now() + end) };
}

/** Positive, so its first bit is 0. */
function serial(): string {
  return `01${randomBytes(8).toString("hex")}`;
}
