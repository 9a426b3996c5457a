// The script of passkeys by itself, on pages that have nothing but its hooks, under the headers of the house.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { startBrowser, watch } from './house.mjs';

const near = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const headers = near('../../provider/web/headers.go');
const part = (name) => new RegExp(`${name} += "(.*)"`).exec(headers)[1];
const policy = part('policyBefore') + part('policyAfter');
assert.match(policy, /require-trusted-types-for 'script'/);

const escaped = (value) => JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const fresh = () => randomBytes(32).toString('base64url');
const account = 'YWxpY2U';

// A page as those of the templates: the form of one kind, and what goes with it.
const page = (kind, options, more = '') => `<!doctype html><html lang="en"><head><title>${kind}</title></head><body>
<label>Name <input id="username" autocomplete="username webauthn"></label>
<form method="post" action="/answer" data-passkey="${kind}" data-options="${escaped(options)}">
<input type="hidden" name="response">${more}
<button type="button" hidden data-passkey-button>Passkey</button>
<div role="status">${['waiting', 'cancelled', 'already', 'failed', 'unsupported'].map((s) => `<p hidden data-passkey-said="${s}">${s}</p>`).join('')}</div>
</form><script src="/once.js" defer></script><script src="/passkey.js" defer></script></body></html>`;

const creation = (exclude = [], user = account) => ({
  rp: { id: 'localhost', name: 'Test' }, user: { id: user, name: 'alice', displayName: 'alice' }, challenge: fresh(),
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
  authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' }, attestation: 'none',
  excludeCredentials: exclude.map((id) => ({ type: 'public-key', id, transports: ['internal'] })),
});
const request = (more = {}) => ({ rpId: 'localhost', challenge: fresh(), userVerification: 'required', ...more });

describe('the script of passkeys', () => {
  let browser, server, origin, pages, answers;
  before(async () => {
    server = createServer((req, res) => {
      const say = (type, body) => res.writeHead(200, {
        'Content-Type': type, 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin',
      }).end(body);
      const path = req.url.slice(1);
      if (req.method === 'POST') {
        let body = '';
        req.on('data', (chunk) => { body += chunk; });
        req.on('end', () => {
          answers.push(new URLSearchParams(body));
          say('text/html', '<!doctype html><html lang="en"><title>answered</title><p>answered</p></html>');
        });
      } else if (path.endsWith('.js')) say('text/javascript', near(`../static/${path}`));
      else if (pages[path]) say('text/html', pages[path]());
      else res.writeHead(404).end();
    });
    await new Promise((done) => server.listen(0, 'localhost', done));
    origin = `http://localhost:${server.address().port}`;
    browser = await startBrowser();
  });
  after(async () => { await browser?.close(); server?.closeAllConnections(); server?.close(); });

  // visit opens a page in a browser with an authenticator of its own.
  const visit = async (all, { presence = true, script, ...how } = {}) => {
    [pages, answers] = [all, []];
    const context = await browser.newContext(how);
    const tab = await context.newPage();
    const faults = watch(tab);
    tab.on('request', (r) => { if (!r.url().startsWith(origin)) faults.push(r.url()); });
    if (script) await tab.addInitScript(script);
    const cdp = await context.newCDPSession(tab);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: presence,
    } });
    return {
      tab, faults,
      open: (path) => tab.goto(`${origin}/${path}`),
      press: () => tab.click('[data-passkey-button]'),
      said: async (what) => {
        await tab.waitForSelector(`[data-passkey-said="${what}"]`, { state: 'visible' });
        assert.equal(await tab.locator('[data-passkey-said]:visible').count(), 1, 'one thing is said at a time');
      },
      answer: async () => {
        await tab.waitForURL('**/answer');
        const form = answers.pop();
        assert.equal(answers.length, 0, 'sent once');
        return JSON.parse(form.get('response'));
      },
      set: (method, values) => cdp.send(`WebAuthn.${method}`, { authenticatorId, ...values }),
      held: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
      done: async () => {
        assert.deepEqual(faults, []);
        await context.close();
      },
    };
  };
  const clientData = (answer) => JSON.parse(Buffer.from(answer.response.clientDataJSON, 'base64url'));

  const withoutJSON = () => {
    delete PublicKeyCredential.parseCreationOptionsFromJSON;
    delete PublicKeyCredential.parseRequestOptionsFromJSON;
    delete PublicKeyCredential.prototype.toJSON;
  };
  for (const [how, script] of [['as browsers of today do it', undefined], ['in a browser without the JSON methods', withoutJSON]]) {
    test(`makes a passkey and uses it, ${how}`, async () => {
      const asked = { create: creation(), get: request() };
      const v = await visit({ create: () => page('create', asked.create), get: () => page('get', asked.get), listed: () => page('get', asked.listed) }, { script });
      await v.open('create');
      await v.press();
      const made = await v.answer();
      assert.deepEqual(Object.keys(made.response).filter((k) => ['attestationObject', 'clientDataJSON', 'transports'].includes(k)).length, 3);
      assert.equal(clientData(made).challenge, asked.create.challenge);
      assert.equal(clientData(made).type, 'webauthn.create');
      assert.deepEqual(made.response.transports, ['internal']);
      assert.equal(made.id, made.rawId);

      await v.open('get');
      await v.press();
      const used = await v.answer();
      assert.equal(used.id, made.id);
      assert.equal(used.type, 'public-key');
      assert.equal(clientData(used).challenge, asked.get.challenge);
      assert.equal(used.response.userHandle, account);
      assert.ok(used.response.signature && used.response.authenticatorData);

      asked.listed = request({ userVerification: 'preferred', allowCredentials: [{ type: 'public-key', id: made.id, transports: ['internal'] }] });
      await v.open('listed');
      await v.press();
      assert.equal((await v.answer()).id, made.id);
      await v.done();
    });
  }

  // made is a visit whose authenticator holds a passkey.
  const made = async (all, how) => {
    const v = await visit({ create: () => page('create', creation()), ...all }, how);
    await v.open('create');
    await v.press();
    return [v, await v.answer()];
  };

  test('S-04 autofill: what is picked in the field goes on by itself', async () => {
    const [v, key] = await made({ autofill: () => page('autofill', request()) });
    await v.open('autofill');
    assert.equal((await v.answer()).id, key.id);
    await v.done();
  });

  test('the offer in the field ends before the button asks, and comes back after a cancel', async () => {
    const watched = () => {
      window.log = [];
      const get = CredentialsContainer.prototype.get;
      CredentialsContainer.prototype.get = function (call) {
        window.log.push(call.mediation || 'modal');
        call.signal.addEventListener('abort', () => window.log.push('abort'));
        return get.call(this, call);
      };
    };
    const [v, key] = await made({ autofill: () => page('autofill', request()) }, { script: watched });
    await v.set('setAutomaticPresenceSimulation', { enabled: false });
    await v.open('autofill');
    await v.tab.waitForFunction(() => window.log.length === 1);
    await v.set('setUserVerified', { isUserVerified: false });
    await v.set('setAutomaticPresenceSimulation', { enabled: true });
    await v.press();
    await v.said('cancelled');
    await v.tab.waitForFunction(() => window.log.length >= 4);
    assert.deepEqual((await v.tab.evaluate(() => window.log)).slice(0, 4), ['conditional', 'abort', 'modal', 'abort']);
    await v.set('setUserVerified', { isUserVerified: true });
    await v.press();
    assert.equal((await v.answer()).id, key.id);
    await v.done();
  });

  test('S-05 cancelled: said, nothing sent, and the button works again', async () => {
    const [v, key] = await made({ get: () => page('get', request()) });
    await v.set('setUserVerified', { isUserVerified: false });
    await v.open('get');
    await v.press();
    await v.said('cancelled');
    assert.equal(await v.tab.getAttribute('[data-passkey-button]', 'aria-busy'), null);
    assert.equal(answers.length, 0);
    await v.set('setUserVerified', { isUserVerified: true });
    await v.press();
    assert.equal((await v.answer()).id, key.id);
    await v.done();
  });

  test('K-02 while the browser asks, the button is busy and a second press does nothing', async () => {
    const v = await visit({ create: () => page('create', creation()) }, { presence: false });
    await v.open('create');
    await v.press();
    await v.said('waiting');
    assert.equal(await v.tab.getAttribute('[data-passkey-button]', 'aria-busy'), 'true');
    await v.press();
    await v.said('waiting');
    await v.done();
  });

  test('K-05 a device that has a passkey says so', async () => {
    let held = [];
    const [v, key] = await made({ again: () => page('create', creation(held)) });
    held = [key.id];
    await v.open('again');
    await v.press();
    await v.said('already');
    assert.equal(answers.length, 0);
    assert.equal((await v.held()).length, 1);
    await v.done();
  });

  test('what the browser refuses for another reason is said without a reason', async () => {
    const v = await visit({ get: () => page('get', request({ rpId: 'portal.example' })), bad: () => page('get', request({ challenge: 7, allowCredentials: 'x' })) });
    for (const path of ['get', 'bad']) {
      await v.open(path);
      await v.press();
      await v.said('failed');
    }
    assert.equal(answers.length, 0);
    await v.done();
  });

  test('Enter in a field of the form is a press of the button, and does not look sent before it is', async () => {
    const v = await visit({ create: () => page('create', creation(), '<label>Its name <input name="name"></label>') });
    await v.set('setUserVerified', { isUserVerified: true });
    await v.open('create');
    await v.tab.fill('[name=name]', 'my phone');
    const sent = v.tab.waitForRequest((r) => r.method() === 'POST');
    await v.tab.press('[name=name]', 'Enter');
    assert.equal(new URLSearchParams((await sent).postData()).get('name'), 'my phone');
    assert.equal((await v.answer()).type, 'public-key');
    await v.done();
  });

  test('after Back the page asks anew', async () => {
    const [v] = await made({ get: () => page('get', request()) });
    await v.open('get');
    await v.press();
    const first = await v.answer();
    await v.tab.goBack({ waitUntil: 'commit' }); // from the browser's memory, where nothing is loaded
    await v.tab.waitForSelector('[data-passkey-button]');
    assert.equal(await v.tab.inputValue('[name=response]'), '');
    await v.press();
    assert.notEqual((await v.answer()).response.signature, first.response.signature);
    await v.done();
  });

  test('S-07 a browser without WebAuthn says so and shows no button', async () => {
    const v = await visit({ get: () => page('get', request()) }, { script: () => { delete window.PublicKeyCredential; } });
    await v.open('get');
    await v.said('unsupported');
    assert.equal(await v.tab.isVisible('[data-passkey-button]'), false);
    await v.done();
  });

  test('S-08 without scripts there is no button', async () => {
    const v = await visit({ get: () => page('get', request()) }, { javaScriptEnabled: false });
    await v.open('get');
    assert.equal(await v.tab.isVisible('[data-passkey-button]'), false);
    await v.done();
  });

  const signal = (name, options) => `<!doctype html><html lang="en"><title>signal</title>
<span hidden data-passkey-signal="${name}" data-options="${escaped(options)}"></span><script src="/passkey.js" defer></script></html>`;

  test('S-06, K-08 the browser is told which passkeys work no more', { timeout: 60_000 }, async () => {
    let id;
    const [v, key] = await made({
      other: () => page('create', creation([], 'Ym9iYnk')),
      accepted: () => signal('signalAllAcceptedCredentials', { rpId: 'localhost', userId: account, allAcceptedCredentialIds: [id] }),
      unknown: () => signal('signalUnknownCredential', { rpId: 'localhost', credentialId: id }),
    });
    const left = async (ids) => {
      const now = async () => (await v.held()).map((c) => Buffer.from(c.credentialId, 'base64').toString('base64url')).sort();
      while ((await now()).join() !== ids.sort().join()) await v.tab.evaluate(() => new Promise(requestAnimationFrame));
    };
    await v.open('other');
    await v.press();
    const other = await v.answer();
    id = key.id;
    await v.open('accepted'); // takes nothing away
    id = other.id;
    await v.open('unknown');
    await left([key.id]);
    id = fresh();
    await v.open('accepted'); // now the first is not among them
    await left([]);
    await v.done();
  });

  test('a browser that does not listen, and a name that is no signal, do no harm', async () => {
    const v = await visit({
      old: () => signal('signalUnknownCredential', { rpId: 'localhost', credentialId: fresh() }),
      odd: () => signal('isConditionalMediationAvailable', {}),
    }, { script: () => { delete PublicKeyCredential.signalUnknownCredential; } });
    await v.open('old');
    await v.open('odd');
    await v.done();
  });
});
