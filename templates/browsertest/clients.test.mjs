// Applications that nobody here wrote sign in, refresh, step up and sign out. Each runs the block that the README's page for
// integrators has to copy, as it stands there: only the issuer and the secret are filled in. One Gatehouse serves them all, over TLS.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { second, signIn, startBrowser } from './house.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const binary = process.env.GATEHOUSE || join(root, 'bin/gatehouse');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const twoStep = 'urn:gatehouse:acr:two-step';

// block is the text that follows a marker in the README.
function block(name) {
  const found = new RegExp(`<!-- ${name} -->\\n\`\`\`\\w*\\n([\\s\\S]*?)\`\`\``).exec(readme);
  assert.ok(found, `the README has no block ${name}`);
  return found[1];
}

// freePort is one that no connection of this machine is given by chance before it is listened on.
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise((done) => {
      const server = createServer().once('error', () => done(false)).listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (free) return port;
  }
}

// startRelay takes e-mail for everybody, and code(to) is the next code that came for somebody.
async function startRelay() {
  const came = [];
  const server = createServer((socket) => {
    const say = (line) => socket.write(`${line}\r\n`);
    let text = null;
    let to = '';
    say('220 relay');
    createInterface({ input: socket }).on('line', (line) => {
      if (text !== null && line !== '.') { text.push(line); return; }
      if (text !== null) { came.push({ to, text: text.join('\n') }); text = null; say('250 ok'); return; }
      if (/^DATA/i.test(line)) { text = []; say('354 go on'); return; }
      if (/^RCPT/i.test(line)) to = /<(.*)>/.exec(line)[1];
      say(/^QUIT/i.test(line) ? '221 bye' : '250 ok');
    });
    socket.on('error', () => {});
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const code = async (to) => {
    for (const until = Date.now() + 20_000; Date.now() < until; await new Promise((done) => { setTimeout(done, 50); })) {
      const at = came.findIndex((m) => m.to === to && /^Subject:.*code/im.test(m.text));
      if (at >= 0) return /\b\d{6}\b/.exec(came.splice(at, 1)[0].text.replace(/^[\s\S]*?\n\n/, ''))[0];
    }
    throw new Error(`no code came to ${to}; there are: ${came.map((m) => `${m.to} ${/^Subject:.*/m.exec(m.text)}`).join(' | ')}`);
  };
  return { port: server.address().port, code, stop: () => server.close() };
}

// startServe is a deployment of its own: TLS, SQLite, a relay for e-mail. Its clients are registered as the README says.
async function startServe() {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-clients-'));
  chmodSync(dir, 0o755); // Apache reads its site as another user
  const [port, relay] = [await freePort(), await startRelay()];
  const issuer = `https://localhost:${port}`;
  const certificate = join(dir, 'cert.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost,DNS:intranet.example.org', '-keyout', join(dir, 'key.pem'), '-out', certificate], { stdio: 'ignore' });
  // Each program has its own way to believe the certificate.
  const env = {
    ...process.env, GATEHOUSE_DATA: join(dir, 'data'), PATH: `${dirname(binary)}:${process.env.PATH}`, NODE_EXTRA_CA_CERTS: certificate,
    NODE_OPTIONS: '--dns-result-order=ipv4first', SSL_CERT_FILE: certificate, REQUESTS_CA_BUNDLE: certificate, PYTHONDONTWRITEBYTECODE: '1',
  };
  const run = (text, input = '') => execFileSync('bash', ['-euc', text], { env, input, encoding: 'utf8' });
  run('gatehouse keys init; gatehouse migrate');
  const said = run(block('register'));
  const secrets = Object.fromEntries([...said.matchAll(/^client id +(\S+)\nclient secret +(\S+)/gm)].map(([, id, secret]) => [id, secret]));
  const server = spawn(binary, ['serve', '--issuer', issuer, '--listen', `127.0.0.1:${port}`, '--private-listen', 'off', '--drain-delay', '0s',
    '--tls-cert', certificate, '--tls-key', join(dir, 'key.pem'), '--smtp', `smtp://127.0.0.1:${relay.port}?tls=off`, '--sender', 'no-reply@example.org',
    '--brand-name', 'Example Health', '--brand-phone', '1-800-555-0100', '--brand-hours', '8 to 6'], { env });
  const ended = new Promise((done) => { server.once('exit', done); });
  let log = '';
  const ready = new Promise((done, fail) => {
    server.stderr.on('data', (text) => { log += text; if (log.includes('"ready"')) done(); });
    server.once('exit', (code) => fail(new Error(`gatehouse serve ended with ${code}: ${log}`)));
  });
  await ready;
  const person = (username) => {
    const one = { username, email: `${username}@example.org`, password: 'crane velvet orbit lantern' };
    run(`gatehouse account add --username ${username} --email ${one.email} --given-name Ana --family-name Ruiz --password-stdin`, one.password);
    return one;
  };
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    relay.stop();
    rmSync(dir, { recursive: true });
  };
  // filled is a block with the issuer and the secret of a client of this deployment.
  const filled = (name, client) => block(name).replaceAll('https://id.example.org', issuer).replaceAll('CLIENT_SECRET', secrets[client]);
  return { dir, issuer, env, person, filled, stop, log: () => log, code: relay.code };
}

// startApp runs a block beside its driver, and has it do things.
async function startApp(command, args, cwd, env) {
  const child = spawn(command, args, { cwd, env });
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ended: ${log}`);
    return JSON.parse(value);
  };
  await next();
  const does = async (...what) => {
    child.stdin.write(`${JSON.stringify(what)}\n`);
    return next();
  };
  return { does, stop: () => child.stdin.end() };
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

describe('applications that nobody here wrote', () => {
  let serve, browser, intranet;
  const apps = [];
  before(async () => {
    intranet = await freePort();
    [serve, browser] = await Promise.all([startServe(), startBrowser(
      `--host-resolver-rules=MAP intranet.example.org:443 127.0.0.1:${intranet}, MAP intranet.example.org 127.0.0.1`, '--disable-features=LocalNetworkAccessChecks',
    )]);
  });
  after(async () => {
    for (const app of apps) app.stop();
    await browser?.close();
    await serve?.stop();
  });

  // visit has somebody open an address, and do what the pages ask.
  const windowFor = async (person) => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-US' });
    const page = await context.newPage();
    const house = { code: () => serve.code(person.email) };
    return {
      page, context,
      password: () => signIn(page, person.username, person.password),
      second: () => second(page, house, person, 'email'),
    };
  };

  // through leads the browser from an address of Gatehouse back to the application, and answers where it came out.
  const through = async (w, address, ask) => {
    const reached = w.page.waitForRequest((r) => r.url().startsWith('https://app.example.org/'));
    await w.page.goto(address).catch(() => {});
    await ask?.();
    return (await reached).url();
  };

  const servers = {
    'openid-client': (dir) => node('openid-client', dir),
    oauth4webapi: (dir) => node('oauth4webapi', dir),
    'go-oidc': (dir) => {
      writeFileSync(join(dir, 'app.go'), serve.filled('go-oidc', 'my-app'));
      copyFileSync(join(here, 'clients/driver.go.txt'), join(dir, 'driver.go'));
      return startApp('go', ['run', join(dir, 'app.go'), join(dir, 'driver.go')], root, serve.env);
    },
    authlib: (dir) => {
      writeFileSync(join(dir, 'app.py'), serve.filled('authlib', 'my-app'));
      copyFileSync(join(here, 'clients/driver.py'), join(dir, 'driver.py'));
      return startApp('/usr/bin/python3', ['driver.py'], dir, serve.env);
    },
  };

  function node(name, dir) {
    writeFileSync(join(dir, 'app.mjs'), serve.filled(name, 'my-app'));
    copyFileSync(join(here, 'clients/driver.mjs'), join(dir, 'driver.mjs'));
    symlinkSync(join(here, 'node_modules'), join(dir, 'node_modules'));
    return startApp(process.execPath, ['driver.mjs', './app.mjs'], dir, serve.env);
  }

  for (const [name, start] of Object.entries(servers)) {
    test(name, async () => {
      const dir = join(serve.dir, name);
      mkdirSync(dir);
      const person = serve.person(`ana-${name}`);
      const [app, w] = await Promise.all([start(dir), windowFor(person)]);
      apps.push(app);
      await w.page.route('https://app.example.org/**', (route) => route.fulfill({ body: 'the application' }));

      const begun = await app.does('signIn', {});
      const first = await app.does('finish', await through(w, begun.address, w.password));
      assert.ok(first.id_token, JSON.stringify(first));
      assert.equal(claimsOf(first.id_token).acr, 'urn:gatehouse:acr:aal1');

      const fresh = await app.does('refresh');
      assert.ok(fresh.access_token && fresh.access_token !== first.access_token, JSON.stringify(fresh));

      const more = await app.does('signIn', { acr_values: twoStep });
      const higher = await app.does('finish', await through(w, more.address, w.second));
      assert.ok(higher.id_token, JSON.stringify(higher));
      const claims = claimsOf(higher.id_token);
      assert.deepEqual([claims.acr, claims.sub, claims.aud], [twoStep, claimsOf(first.id_token).sub, 'my-app']);

      const end = await app.does('signOut');
      assert.match(await through(w, end.address), /^https:\/\/app\.example\.org\/(\?|$)/);
      assert.deepEqual(await app.does('refresh'), { error: 'invalid_grant' });
      const silent = await app.does('signIn', { prompt: 'none' });
      assert.match(await through(w, silent.address), /error=login_required/);
      await w.context.close();
    });
  }

  test('oidc-client-ts', async () => {
    const w = await windowFor(serve.person('ana-browser'));
    const site = {
      '/': `<!doctype html><title>App</title><p id="who"></p><button id="in">in</button><button id="more">more</button><button id="out">out</button>
        <script type="importmap">{"imports":{"oidc-client-ts":"/oidc-client-ts.js","jwt-decode":"/jwt-decode.js"}}</script>
        <script type="module" src="/app.js"></script>`,
      '/app.js': serve.filled('oidc-client-ts', 'my-page'),
      '/oidc-client-ts.js': readFileSync(join(here, 'node_modules/oidc-client-ts/dist/esm/oidc-client-ts.js')),
      '/jwt-decode.js': readFileSync(join(here, 'node_modules/jwt-decode/build/esm/index.js')),
    };
    await w.page.route('https://page.example.org/**', (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ status: site[pathname] ? 200 : 404, contentType: pathname === '/' ? 'text/html' : 'text/javascript', body: site[pathname] ?? '' });
    });
    const shows = (text) => w.page.waitForFunction((t) => document.querySelector('#who')?.textContent === t, text);
    const user = () => w.page.evaluate(async () => (await import('/app.js')).gatehouse.getUser());
    await w.page.goto('https://page.example.org/');
    await shows('nobody');
    await w.page.click('#in');
    await w.password();
    await shows('Ana Ruiz');
    const first = await user();
    assert.equal(claimsOf(first.id_token).acr, 'urn:gatehouse:acr:aal1');

    await w.page.evaluate(async () => { await (await import('/app.js')).gatehouse.signinSilent(); });
    assert.notEqual((await user()).access_token, first.access_token);

    await w.page.click('#more');
    await w.second();
    await shows('Ana Ruiz');
    assert.equal(claimsOf((await user()).id_token).acr, twoStep);

    await w.page.click('#out');
    await shows('nobody');
    assert.equal(await user(), null);
    await w.page.click('#in');
    await w.page.waitForSelector('input[name=password]');
    await w.context.close();
  });

  test('mod_auth_openidc', async () => {
    const dir = join(serve.dir, 'apache');
    mkdirSync(join(dir, 'site/payments'), { recursive: true });
    for (const file of ['cert.pem', 'key.pem']) copyFileSync(join(serve.dir, file), join(dir, file));
    for (const [file, text] of [['index.html', 'welcome'], ['payments/index.html', 'payments'], ['bye.html', 'bye']]) writeFileSync(join(dir, 'site', file), text);
    const conf = readFileSync(join(here, 'clients/apache.conf'), 'utf8').replaceAll('${DIR}', dir).replaceAll('${PORT}', intranet);
    writeFileSync(join(dir, 'apache.conf'), `${conf}\n${serve.filled('mod_auth_openidc', 'intranet')}`);
    const apache = spawn('/usr/sbin/apache2', ['-DFOREGROUND', '-f', join(dir, 'apache.conf')], { env: { ...process.env, OIDC_PASSPHRASE: 'of this test alone' }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    apache.stderr.on('data', (text) => { said += text; });
    const ended = new Promise((done) => { apache.once('exit', done); });
    try {
      const w = await windowFor(serve.person('ana-apache'));
      const at = (path) => `https://intranet.example.org${path}`;
      const arrived = (path) => w.page.waitForURL((url) => url.hostname === 'intranet.example.org' && url.pathname === path);
      for (let tries = 0; ; tries += 1) { // until it listens
        const refused = await w.page.goto(at('/')).then(() => null, (e) => e);
        if (!refused) break;
        if (tries > 100 || apache.exitCode !== null) throw refused;
        await w.page.waitForTimeout(50);
      }
      await w.password();
      await arrived('/');
      assert.equal(await w.page.innerText('body'), 'welcome');

      const info = (query = '') => w.page.evaluate(async (q) => (await fetch(`/oidc?info=json${q}`)).json(), query);
      const first = await info();
      assert.equal(first.userinfo.name, 'Ana Ruiz');
      const fresh = await info('&access_token_refresh_interval=0');
      assert.ok(fresh.access_token && fresh.access_token !== first.access_token, JSON.stringify(fresh));

      await w.page.goto(at('/payments/'));
      await w.second();
      await arrived('/payments/');
      assert.equal(await w.page.innerText('body'), 'payments');

      await w.page.goto(at(`/oidc?logout=${encodeURIComponent(at('/bye.html'))}`));
      await arrived('/bye.html');
      assert.equal(await w.page.innerText('body'), 'bye');
      await w.page.goto(at('/'));
      await w.page.waitForSelector('input[name=password]');
      await w.context.close();
    } catch (error) {
      const log = join(dir, 'error.log');
      error.message += `\n${said}${existsSync(log) ? readFileSync(log) : ''}`;
      throw error;
    } finally {
      apache.kill('SIGTERM');
      await ended;
    }
  });

  test('Gatehouse itself found no fault', () => {
    // Chromium breaks off its first connections, and then takes the certificate that nobody vouches for.
    const faults = serve.log().split('\n').filter((line) => /"level":"(ERROR|WARN)"/.test(line) && !line.includes('TLS handshake'));
    assert.deepEqual(faults, []);
  });
});
