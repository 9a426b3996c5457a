// Has an application do what the test says, one line of JSON each: node driver.mjs APP.
import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; // Debian 12's Node has it under another name
const app = await import(process.argv[2]);
let checks;
let tokens;
const does = {
  signIn: async (more) => {
    const begun = await app.signIn(more);
    checks = begun.checks;
    return { address: String(begun.address) };
  },
  finish: async (address) => {
    tokens = await app.finish(address, checks);
    return tokens;
  },
  refresh: async () => {
    tokens = { ...tokens, ...await app.refresh(tokens) };
    return tokens;
  },
  signOut: async () => ({ address: String(await app.signOut(tokens)) }),
};
console.log('{}');
for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...how] = JSON.parse(line);
  console.log(JSON.stringify(await does[what](...how).catch((e) => ({ error: e.error ?? String(e.stack) }))));
}
