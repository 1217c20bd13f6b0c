import { CANARIES, UNMASKED } from "../canaries.js";

const { body, word, ipv4, ipv6, mappedIpv4, device, oddDevice } = CANARIES;
const json = (value: unknown): string => JSON.stringify(value);

/** Events that are loaded: their personal data is masked. */
export const LOADED_BODIES: readonly string[] = [
  json({ user_id: UNMASKED.text, ip: ipv4, device_id: device }),
  json({ user_id: UNMASKED.text, ip: ipv6, device_id: oddDevice }),
  json({ user_id: UNMASKED.text, ip: `::ffff:${mappedIpv4}`, device_id: ipv4 }),
  json({ user_id: UNMASKED.text, ip: oddDevice, app_version: body, extra: { [body]: [word, ipv6] } }),
];

/** Bodies that never become a row: nothing of them may get out. */
export const REFUSED_BODIES: readonly string[] = [
  body,
  word,
  `${word}{}`,
  json(body),
  json([body, ipv4]),
  json(body).slice(0, -1),
  `{"user_id":"u","ip":"${ipv4}"`,
  `{"user_id":"u","ip":"${ipv4}",}`,
  `{"user_id":"u" "${word}":1}`,
  `{"user_id":"u","ip":${word}}`,
  `{"user_id":"u","ip":"${word}\u0001"}`,
  `{"user_id":"u","ip":"${word}\\x"}`,
  `<ip>${ipv4}</ip>`,
  Buffer.from(json({ ip: ipv6, device_id: device })).toString("base64"),
  json({ user_id: [word], ip: ipv4 }),
  json({ user_id: { [body]: body } }),
  json({ user_id: null, [body]: body }),
  json({ [body]: { [ipv4]: { [device]: [ipv6] } } }),
  json({ user_id: word.repeat(20), ip: ipv4 }),
  json({ user_id: `${word}\0` }),
  json({ user_id: `${word}\ud800`, locale: body }),
  json({ user_id: "u", device_type: { name: word } }),
  json({ user_id: "u", locale: `${word}${word}` }),
  json({ user_id: "u", ip: [ipv4] }),
  json({ user_id: "u", ip: { [ipv4]: ipv6 } }),
  json({ user_id: "u", ip: `${ipv4}\0` }),
  json({ user_id: "u", device_id: `${device}\ud800` }),
  json({ user_id: "u", device_id: { value: oddDevice } }),
  json({ user_id: "u", app_version: { [word]: body } }),
];
