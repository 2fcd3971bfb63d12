import { constants, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import { expect, test } from 'vitest';

import { publishedForm, SigningKey } from './signing-key.ts';

/** A key of tough's own tests (tests/data/simple-rsa/root.json), and the id that it has there. */
const RSA_ID = '8ec3a843a0f9328c863cac4046ab1cacbbc67888476ac7acf73d9bcd9a223ada';
const RSA_LINES = [
  'MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEAnL6u6Q9Q6pg1G5020a83',
  'GlH/aFUO0PQ5leIpwWL8kWgpaWuUG7oRlOUG2/4cwN5FCvJJGXqU5AtSKq2fZ42J',
  '5XR9QMip4Pg0Q6mE8XCvAXAoMnkWSchdzgT2GoEntaOeRRTCUGb/DsVoxsVXjV6m',
  'FaRMx7nh8ggshMWgTYgTUDK+CSIBCcBWapCFq1BrM60XZmGTqeAuHSHaUUuF9G3b',
  'gOflH5L9IpQkaHWbJtGvyKLr53mhWO2r8BPR3+CtNZojAnkwmu4lA94k8C7TLMdc',
  'utzU4OzODe9UPERc33lRv8DBgsH3F077ZQwv/ikZXWSlACTDWZwenncCEwqdeDd4',
  '+q2AHyqxRN7bUAh57mUN+kFd3SS/4T44sfBrJw6N4JV/mE+/YfRLWtpIKIsXnBCb',
  'rC+dt96Vqz6g6eVVvqPwhOCSKcYsmp/iS6qwVn0Dq2SCrGG1FTmBjeA9ZkcjZhUG',
  'QEMyMNhoS+U2Nx5oIEIq2kREpuu+KsBSTUaOgR07WNUxAgMBAAE=',
];

test('ids are those that tough insists on', () => {
  const pem = ['-----BEGIN PUBLIC KEY-----', ...RSA_LINES, '-----END PUBLIC KEY-----', ''].join('\n');
  const published = publishedForm(createPublicKey(pem));
  expect(published.keyID).toBe(RSA_ID);
  expect(published).toMatchObject({ keyType: 'rsa', scheme: 'rsassa-pss-sha256', keyVal: { public: pem } });
});

test('RSA signatures have the only salt length that tough takes', () => {
  const key = SigningKey.generate('rsassa-pss-sha256');
  const bytes = Buffer.from('signed');
  const how = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signature = Buffer.from(key.sign(bytes).sig, 'hex');
  const { public: pem = '' } = key.published.keyVal;
  expect(verify('sha256', bytes, { key: pem, ...how }, signature)).toBe(true);
});

test('a key of another kind is refused', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => SigningKey.fromPem(pem)).toThrow(/of type ec; it must be ed25519 or rsa/);
});
