import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { press, signIn, startBrowser, startHouse, startWithoutCookies, watch } from './house.mjs';

describe('a patient and the demo portal', () => {
  let house, browser;
  before(async () => { [house, browser] = await Promise.all([startHouse(), startBrowser()]); });
  after(async () => { await browser?.close(); await house?.stop(); });

  // visit runs a story in a fresh browser, and fails it if a page broke a rule that no page may break.
  const visit = (options, story) => async () => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults = watch(page);
    try {
      await story(page, context);
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  };
  const open = async (page, app) => {
    await page.goto(`${house.portal}/${app}/`);
    await page.click('#sign-in');
  };

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';

    test(`signs in with a username and comes back with tokens that the app verifies itself${how}`, visit({ javaScriptEnabled }, async (page) => {
      const ana = house.account('ana');
      await open(page, 'records');
      assert.match(page.url(), new RegExp(`^${house.issuer}/signin/`));
      assert.match(await page.textContent('main'), /Records/);
      await signIn(page, ana.username, ana.password);
      await page.waitForURL(`${house.portal}/records/`);
      assert.match(await page.textContent('#username'), /ana/);
      await press(page, '#call-api');
      assert.equal(await page.getAttribute('#api-result', 'data-status'), '200');
    }));

    test(`signs in with an e-mail address in another case${how}`, visit({ javaScriptEnabled }, async (page) => {
      const ana = house.account('ana');
      await open(page, 'records');
      await signIn(page, ` ${ana.email.toUpperCase()} `, ana.password);
      await page.waitForURL(`${house.portal}/records/`);
      assert.match(await page.textContent('#email'), /ana/i);
    }));

    test(`refreshes, and signs out through Gatehouse${how}`, visit({ javaScriptEnabled }, async (page) => {
      const ana = house.account('ana');
      await open(page, 'scheduling');
      await signIn(page, ana.username, ana.password);
      await page.waitForURL(`${house.portal}/scheduling/`);
      const first = await page.textContent('#token-id');
      await press(page, '#refresh');
      assert.notEqual(await page.textContent('#token-id'), first);
      await page.click('#sign-out');
      await page.waitForSelector('#sign-in');
      await press(page, '#silent');
      await page.waitForSelector('#sign-in', { timeout: 10_000 }); // and is not signed in without a password
    }));

    test(`goes from one app to the other without a second password${how}`, visit({ javaScriptEnabled }, async (page) => {
      const ana = house.account('ana');
      await open(page, 'records');
      await signIn(page, ana.username, ana.password);
      await page.waitForURL(`${house.portal}/records/`);
      await open(page, 'scheduling');
      await page.waitForURL(`${house.portal}/scheduling/`);
      assert.match(await page.textContent('#username'), /ana/);
    }));

    test(`gets a kind answer to a wrong password, with the name kept${how}`, visit({ javaScriptEnabled }, async (page) => {
      await open(page, 'records');
      await signIn(page, 'ana', 'not the right password');
      await page.waitForSelector('[role=group]');
      assert.match(await page.title(), /^Error: /);
      assert.equal(await page.inputValue('input[name=username]'), 'ana');
      assert.equal(await page.inputValue('input[name=password]'), '');
      assert.ok(await page.evaluate(() => document.activeElement?.getAttribute('role') === 'group').catch(() => true));
      await signIn(page, 'ana', house.account('ana').password);
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`allows a third-party app, and may refuse it${how}`, visit({ javaScriptEnabled }, async (page) => {
      const bruno = house.account(javaScriptEnabled ? 'bruno' : 'eve'); // consent is remembered: one person for each run
      await open(page, 'tracker');
      await signIn(page, bruno.username, bruno.password);
      await page.waitForSelector('button[name=choice][value=deny]');
      await page.click('button[name=choice][value=deny]');
      await page.waitForURL(new RegExp(`^${house.portal}/tracker/`));
      assert.equal(await page.getAttribute('#error', 'data-code'), 'access_denied');
      await open(page, 'tracker');
      await signIn(page, bruno.username, bruno.password); // who did not allow it was not signed in either
      await page.click('button[name=choice][value=allow]');
      await page.waitForURL(`${house.portal}/tracker/`);
      assert.equal(await page.textContent('#username'), bruno.username);
      await page.goto(`${house.portal}/tracker/login`);
      await page.waitForURL(`${house.portal}/tracker/`);
      assert.ok(await page.isVisible('#sign-out'), 'asked again what was allowed before');
    }));
  }

  test('Back after the sign-in goes on to the app, and after signing out shows nothing private', visit({}, async (page) => {
    const ana = house.account('ana');
    await open(page, 'records');
    await signIn(page, ana.username, ana.password);
    await page.waitForURL(`${house.portal}/records/`);
    await page.goBack();
    await page.waitForLoadState();
    assert.doesNotMatch(await page.title(), /^Error/);
    await page.goto(`${house.issuer}/account`);
    assert.match(await page.textContent('main'), /ana/);
    await press(page, 'form[action="/logout"] button');
    await press(page, 'form[action="/logout/confirm"] button');
    await page.goBack();
    assert.doesNotMatch(await page.textContent('body'), /\bana\b/);
  }));

  test('two tabs with two apps both finish', visit({}, async (page, context) => {
    const ana = house.account('ana');
    const second = await context.newPage();
    await open(page, 'records');
    await open(second, 'scheduling');
    await signIn(page, ana.username, ana.password);
    await page.waitForURL(`${house.portal}/records/`);
    await second.reload();
    await second.waitForURL(`${house.portal}/scheduling/`);
  }));

  test('the second tab may also be filled in', visit({}, async (page, context) => {
    const ana = house.account('ana');
    const second = await context.newPage();
    await open(page, 'records');
    await open(second, 'scheduling');
    await signIn(page, ana.username, ana.password);
    await page.waitForURL(`${house.portal}/records/`);
    await signIn(second, ana.username, ana.password);
    await second.waitForURL(`${house.portal}/scheduling/`);
  }));

  test('a double press signs in once and goes on', visit({}, async (page) => {
    const ana = house.account('ana');
    await open(page, 'records');
    await page.fill('input[name=username]', ana.username);
    await page.fill('input[name=password]', ana.password);
    await page.dblclick('form[action$="/password"] button[type=submit]');
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('a password that must change is changed on the way', visit({}, async (page) => {
    const dee = house.account('dee');
    await open(page, 'records');
    await signIn(page, dee.username, dee.password);
    await page.waitForSelector('input[name=new_password]');
    await page.fill('input[name=new_password]', 'short');
    await page.click('form[action$="/new-password"] button[type=submit]');
    await page.waitForSelector('[role=group]');
    await page.fill('input[name=new_password]', 'walnut harbor quiet ledger');
    await page.click('form[action$="/new-password"] button[type=submit]');
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('an account that is locked is told only after the right password', visit({}, async (page) => {
    const cyrus = house.account('cyrus');
    await open(page, 'records');
    await signIn(page, cyrus.username, 'not the right password');
    await page.waitForSelector('[role=group]');
    const wrong = await page.textContent('[role=group]');
    await signIn(page, 'nobody-has-this', 'not the right password');
    await page.waitForSelector('[role=group]');
    assert.equal(await page.textContent('[role=group]'), wrong);
    await signIn(page, cyrus.username, cyrus.password);
    await page.waitForSelector('input[name=password]', { state: 'detached' });
    assert.match(page.url(), new RegExp(`^${house.issuer}`));
  }));

  test('cookies off are explained, without a loop', async () => {
    const context = await startWithoutCookies();
    const page = await context.newPage();
    const scheduling = house.client('scheduling');
    await page.goto(`${house.issuer}/authorize?${new URLSearchParams({
      client_id: 'scheduling', redirect_uri: scheduling.redirect_uris[0], response_type: 'code', scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
    })}`);
    assert.match(await page.textContent('h1'), /cookie/i);
    assert.match(await page.getAttribute('main a[href*="/authorize"]', 'href'), /client_id=scheduling/);
    await context.close();
  });

  test('speaks Spanish where the browser does', visit({ locale: 'es-US' }, async (page) => {
    await open(page, 'records');
    assert.equal(await page.getAttribute('html', 'lang'), 'es');
    await press(page, 'a[hreflang=en]');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.match(page.url(), /\/signin\//);
  }));

  test('signs in with the keyboard alone', visit({}, async (page) => {
    const ana = house.account('ana');
    await open(page, 'records');
    for (let i = 0; i < 20 && !(await page.evaluate(() => document.activeElement?.name === 'username')); i++) await page.keyboard.press('Tab');
    await page.keyboard.type(ana.username);
    for (let i = 0; i < 5 && !(await page.evaluate(() => document.activeElement?.name === 'password')); i++) await page.keyboard.press('Tab');
    await page.keyboard.type(ana.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${house.portal}/records/`);
  }));
});
