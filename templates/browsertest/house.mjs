// A server of its own for each story, and the browser that visits it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const binary = process.env.GATEHOUSE || join(dirname(fileURLToPath(import.meta.url)), '../../bin/gatehouse');

// startHouse runs `gatehouse dev` until stop() is called. The answer is its ready line, with account(name), client(id), and
// what people have at hand: message() and code() from the inbox, app() of an authenticator app, paper() of recovery codes.
export async function startHouse(...flags) {
  return open(mkdtempSync(join(tmpdir(), 'gatehouse-browsertest-')), 'localhost:0', '127.0.0.1:0', flags);
}

// open runs it on data that may have been there before.
async function open(data, listen, portal, flags) {
  const server = spawn(binary, ['dev', '--json', '--listen', listen, '--portal-listen', portal, '--data', data, ...flags]);
  let said = '';
  server.stderr.on('data', (text) => { said += text; });
  const line = await Promise.race([
    createInterface({ input: server.stdout })[Symbol.asyncIterator]().next().then((l) => l.value),
    new Promise((_, fail) => server.once('exit', (code) => fail(new Error(`gatehouse dev ended with ${code}: ${said}`)))),
  ]);
  const ready = JSON.parse(line);
  const ended = new Promise((done) => server.once('exit', done));
  return {
    ...ready,
    data,
    log: () => said,
    account: (name) => found(ready.accounts, 'username', name),
    client: (id) => found(ready.clients, 'client_id', id),
    ...inbox(`${ready.inbox}.json`),
    app: apps(),
    paper: (person) => person.recovery_codes.shift(),
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true });
    },
    // later is the same house so much later, such as 73h.
    later: async (by) => {
      server.kill('SIGTERM');
      await ended;
      return open(data, new URL(ready.issuer).host, new URL(ready.portal).host, ['--clock', by, ...flags]);
    },
  };
}

function found(list, key, value) {
  const one = list.find((x) => x[key] === value);
  if (!one) throw new Error(`no ${key} ${value} in the ready line`);
  return one;
}

// inbox reads what people get. Each message is read once, so that a code is never that of an earlier sign-in.
function inbox(address) {
  const read = new Set();
  // message waits for the next one that wanted says yes to.
  const message = async (wanted) => {
    const until = Date.now() + 20_000;
    for (;;) {
      const all = await (await fetch(address)).json();
      const one = all.find((m) => !read.has(m.id) && wanted(m));
      if (one) {
        read.add(one.id);
        return one;
      }
      if (Date.now() > until) throw new Error(`no such message came; there are: ${all.map((m) => `${m.channel} ${m.subject || m.text}`).join(' | ')}`);
    }
  };
  const code = async (channel) => /\b\d{6}\b/.exec((await message((m) => m.channel === channel && /\b\d{6}\b/.test(m.text))).text)[0];
  return { message, code };
}

// apps answers an authenticator app (RFC 6238): it shows a secret's code, and never one that it has shown before, since each
// works once. The house takes the next code too, so nobody waits for it.
function apps() {
  const shown = {};
  return (secret) => {
    const step = Math.max(Math.floor(Date.now() / 30_000), (shown[secret] ?? 0) + 1);
    shown[secret] = step;
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...secret.replaceAll(' ', '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
    const count = Buffer.alloc(8);
    count.writeBigUInt64BE(BigInt(step));
    const mac = createHmac('sha1', key).update(count).digest();
    return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  };
}

const options = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
};

// startBrowser is a real Chromium; a missing one is a failure.
export const startBrowser = (...flags) => chromium.launch({ ...options, args: [...options.args, ...flags] });

// startWithoutCookies is one whose owner has switched cookies off.
export function startWithoutCookies() {
  const profile = mkdtempSync(join(tmpdir(), 'gatehouse-profile-'));
  mkdirSync(join(profile, 'Default'));
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
  return chromium.launchPersistentContext(profile, options);
}

// watch collects what no page of ours may cause: console errors and violations of the content security policy.
export function watch(page) {
  const faults = [];
  page.on('console', (m) => { if (m.type() === 'error' && !/status of (4\d\d|503)/.test(m.text())) faults.push(`${page.url()}: ${m.text()}`); });
  page.on('pageerror', (e) => faults.push(`${page.url()}: ${e}`));
  return faults;
}

// press clicks what leads to another page, and waits until that is there.
export async function press(page, selector) {
  const arrived = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  await page.click(selector);
  await arrived;
  await page.waitForLoadState();
}

// signIn fills in the sign-in page that is open.
export async function signIn(page, username, password) {
  await page.fill('input[name=username]', username);
  await page.fill('input[name=password]', password);
  await page.click('form[action$="/password"] button[type=submit]');
}

// enter signs a person in with both steps: the second one by a way of this kind, or else by the one that the page comes with.
export async function enter(page, house, person, kind) {
  await signIn(page, person.username, person.password);
  await second(page, house, person, kind);
}

// second takes the second step, from wherever the first one led.
export async function second(page, house, person, kind) {
  await page.waitForSelector('#code, input[name=way]');
  if (kind && (await page.isVisible('#code')) && (await asked(page)) !== kind) await press(page, 'form[action$="/other"] button');
  if (await page.isVisible('input[name=way]')) {
    if (kind) await choose(page, kind);
    else await page.click(picked);
    await page.waitForSelector('#code');
  }
  await answer(page, await codeOf(house, person, await asked(page)));
}

const picked = 'form[action$="/way"] button[type=submit]';

// choose takes a way on the page that asks which: of text, email, totp, recovery, passkey. Where one is added, the kind is its
// value; where one is used, its words say it, as they do to a person.
export async function choose(page, kind) {
  const words = { text: /^Text|^Mensaje/, voice: /^Call|^Llamada/, email: /^Email|^Correo/, totp: /^Auth|^Aplic/, recovery: /^Recovery|^Código/, passkey: /^Passkey|^Llave/ };
  const exact = page.locator(`input[name=way][value="${kind}"]`);
  const one = (await exact.count()) ? exact : page.getByRole('radio', { name: words[kind] });
  await tick(page, one);
  await page.click(picked);
}

// tick ticks a box or a radio as people do, who press its words.
export async function tick(page, box) {
  await page.click(`label[for="${await box.getAttribute('id')}"]`);
  assert.ok(await box.isChecked());
}

// asked is the kind of code that the page asks for.
export const asked = async (page) => (await page.getAttribute('form:has(#code)', 'action')).split('/').pop();

// codeOf is the code that a person has at hand.
export async function codeOf(house, person, kind) {
  if (kind === 'totp') return house.app(person.totp_secret);
  if (kind === 'recovery') return house.paper(person);
  return house.code(kind);
}

// answer types a code into the page that asks for one.
export async function answer(page, code) {
  await page.fill('#code', code);
  await page.click('form:has(#code) button[type=submit]');
}

// signOut leaves an application and Gatehouse.
export async function signOut(page, house, app = 'records') {
  await page.goto(`${house.portal}/${app}/`);
  await page.click('#sign-out');
  await page.waitForSelector('#sign-in');
}

// tell tells a story: in a house and a browser window of its own, and with a fault if a page broke a rule that no page may break.
// It gets { house, page, context, open }, where open(app) goes to an application of the portal and presses "Sign in".
export async function tell(browser, options, story) {
  let house = await startHouse('--insecure-hashing'); // there are many stories, and hashing has tests of its own
  const context = await browser.newContext(options);
  if (!options?.locale) { // a story is told in English, whatever language its people wish for, unless their browser wants another
    const chooser = await context.newPage();
    await chooser.goto(`${house.issuer}/language?to=en&back=/`);
    await chooser.close();
  }
  const page = await context.newPage();
  const faults = watch(page);
  const open = async (app, tab = page) => {
    await tab.goto(`${house.portal}/${app}/`);
    await tab.click('#sign-in');
  };
  try {
    await story({ house, page, context, open, later: async (by) => { house = await house.later(by); return house; } });
    assert.deepEqual(faults, []);
  } catch (error) {
    error.message += `\nThe page was ${page.url()}: ${await page.innerText('main', { timeout: 1000 }).catch(() => 'without words')}`;
    throw error;
  } finally {
    await context.close();
    await house.stop();
  }
}

// authenticator gives a page a device that holds passkeys (a virtual one, by the DevTools protocol). Its owner agrees to
// everything at once, unless agrees(false).
export async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
  } });
  return {
    held: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    agrees: (enabled) => cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    knows: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    takes: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }), // held by another, as synced passkeys are
  };
}

// withoutAutofill makes a browser of somebody whose passkeys are not offered in the field, so that the button must be pressed.
export const withoutAutofill = (context) => context.addInitScript(() => {
  PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
});
