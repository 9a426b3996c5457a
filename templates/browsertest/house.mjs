// A server of its own for each test file, and the browser that visits it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const binary = join(dirname(fileURLToPath(import.meta.url)), '../../bin/gatehouse');

// startHouse runs `gatehouse dev` until stop() is called. The answer is its ready line, with account(name) and client(id).
export async function startHouse(...flags) {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-browsertest-'));
  const server = spawn(binary, ['dev', '--json', '--listen', 'localhost:0', '--portal-listen', '127.0.0.1:0', '--data', data, ...flags]);
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
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true });
    },
  };
}

function found(list, key, value) {
  const one = list.find((x) => x[key] === value);
  if (!one) throw new Error(`no ${key} ${value} in the ready line`);
  return one;
}

const options = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
};

// startBrowser is a real Chromium; a missing one is a failure.
export const startBrowser = () => chromium.launch(options);

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
