import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { enter, press, second, signIn, startBrowser, startHouse, startWithoutCookies, tell } from './house.mjs';

describe('a patient and the demo portal', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  const visit = (options, story) => () => tell(browser, options, story);

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';

    test(`signs in with a username and comes back with tokens that the app verifies itself${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      assert.match(page.url(), new RegExp(`^${house.issuer}/signin/`));
      assert.match(await page.textContent('main'), /Records/);
      await enter(page, house, ana);
      await page.waitForURL(`${house.portal}/records/`);
      assert.match(await page.textContent('#username'), /ana/);
      await press(page, '#call-api');
      assert.equal(await page.getAttribute('#api-result', 'data-status'), '200');
    }));

    test(`signs in with an e-mail address in another case${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await signIn(page, ` ${ana.email.toUpperCase()} `, ana.password);
      await second(page, house, ana);
      await page.waitForURL(`${house.portal}/records/`);
      assert.match(await page.textContent('#email'), /ana/i);
    }));

    test(`refreshes, and signs out through Gatehouse${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('scheduling');
      await enter(page, house, ana);
      await page.waitForURL(`${house.portal}/scheduling/`);
      const first = await page.textContent('#token-id');
      await press(page, '#refresh');
      assert.notEqual(await page.textContent('#token-id'), first);
      await page.click('#sign-out');
      await page.waitForSelector('#sign-in');
      await press(page, '#silent');
      await page.waitForSelector('#sign-in', { timeout: 10_000 }); // and is not signed in without a password
    }));

    test(`goes from one app to the other without a second password${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await enter(page, house, ana);
      await page.waitForURL(`${house.portal}/records/`);
      await open('scheduling');
      await page.waitForURL(`${house.portal}/scheduling/`);
      assert.match(await page.textContent('#username'), /ana/);
    }));

    test(`gets a kind answer to a wrong password, with the name kept${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      await open('records');
      await signIn(page, 'ana', 'not the right password');
      await page.waitForSelector('[role=group]');
      assert.match(await page.title(), /^Error: /);
      assert.equal(await page.inputValue('input[name=username]'), 'ana');
      assert.equal(await page.inputValue('input[name=password]'), '');
      assert.ok(await page.evaluate(() => document.activeElement?.getAttribute('role') === 'group').catch(() => true));
      await enter(page, house, house.account('ana'));
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`allows a third-party app, and may refuse it${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const bruno = house.account('bruno');
      await open('tracker');
      await enter(page, house, bruno);
      await page.waitForSelector('button[name=choice][value=deny]');
      await page.click('button[name=choice][value=deny]');
      await page.waitForURL(new RegExp(`^${house.portal}/tracker/`));
      assert.equal(await page.getAttribute('#error', 'data-code'), 'access_denied');
      await open('tracker');
      await enter(page, house, bruno); // who did not allow it was not signed in either
      await page.click('button[name=choice][value=allow]');
      await page.waitForURL(`${house.portal}/tracker/`);
      assert.equal(await page.textContent('#username'), bruno.username);
      await page.goto(`${house.portal}/tracker/login`);
      await page.waitForURL(`${house.portal}/tracker/`);
      assert.ok(await page.isVisible('#sign-out'), 'asked again what was allowed before');
    }));
  }

  test('Back after the sign-in goes on to the app, and after signing out shows nothing private', visit({}, async ({ house, page, open }) => {
    const ana = house.account('ana');
    await open('records');
    await enter(page, house, ana);
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

  test('two tabs with two apps both finish', visit({}, async ({ house, page, context, open }) => {
    const ana = house.account('ana');
    const other = await context.newPage();
    await open('records');
    await open('scheduling', other);
    await enter(page, house, ana);
    await page.waitForURL(`${house.portal}/records/`);
    await other.reload();
    await other.waitForURL(`${house.portal}/scheduling/`);
  }));

  test('the second tab may also be filled in', visit({}, async ({ house, page, context, open }) => {
    const ana = house.account('ana');
    const other = await context.newPage();
    await open('records');
    await open('scheduling', other);
    await enter(page, house, ana);
    await page.waitForURL(`${house.portal}/records/`);
    await signIn(other, ana.username, ana.password); // she is known by now: no second code is asked
    await other.waitForURL(`${house.portal}/scheduling/`);
  }));

  test('a double press signs in once and goes on', visit({}, async ({ house, page, open }) => {
    const ana = house.account('ana');
    await open('records');
    await page.fill('input[name=username]', ana.username);
    await page.fill('input[name=password]', ana.password);
    await page.dblclick('form[action$="/password"] button[type=submit]');
    await second(page, house, ana);
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('a password that must change is changed on the way', visit({}, async ({ house, page, open }) => {
    await open('records');
    await enter(page, house, house.account('pia'));
    await page.waitForSelector('input[name=new_password]');
    await page.fill('input[name=new_password]', 'short');
    await page.click('form[action$="/new-password"] button[type=submit]');
    await page.waitForSelector('[role=group]');
    await page.fill('input[name=new_password]', 'walnut harbor quiet ledger');
    await page.click('form[action$="/new-password"] button[type=submit]');
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('an account that is locked is told only after both steps', visit({}, async ({ house, page, open }) => {
    const lena = house.account('lena');
    await open('records');
    await signIn(page, lena.username, 'not the right password');
    await page.waitForSelector('[role=group]');
    const wrong = await page.textContent('[role=group]');
    await signIn(page, 'nobody-has-this', 'not the right password');
    await page.waitForSelector('[role=group]');
    assert.equal(await page.textContent('[role=group]'), wrong);
    await enter(page, house, lena);
    await page.waitForSelector('h1:text-is("We cannot open this account online")');
    assert.match(page.url(), new RegExp(`^${house.issuer}`));
  }));

  test('cookies off are explained, without a loop', async () => {
    const [house, context] = await Promise.all([startHouse(), startWithoutCookies()]);
    const page = await context.newPage();
    const scheduling = house.client('scheduling');
    await page.goto(`${house.issuer}/authorize?${new URLSearchParams({
      client_id: 'scheduling', redirect_uri: scheduling.redirect_uris[0], response_type: 'code', scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
    })}`);
    assert.match(await page.textContent('h1'), /cookie/i);
    assert.match(await page.getAttribute('main a[href*="/authorize"]', 'href'), /client_id=scheduling/);
    await context.close();
    await house.stop();
  });

  test('speaks Spanish where the browser does', visit({ locale: 'es-US' }, async ({ page, open }) => {
    await open('records');
    assert.equal(await page.getAttribute('html', 'lang'), 'es');
    await press(page, 'a[hreflang=en]');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.match(page.url(), /\/signin\//);
  }));

  test('signs in with the keyboard alone', visit({}, async ({ house, page, open }) => {
    const bruno = house.account('bruno');
    const at = (name) => page.evaluate((n) => document.activeElement?.name === n, name);
    const to = async (name) => {
      for (let i = 0; i < 20 && !(await at(name)); i++) await page.keyboard.press('Tab');
      assert.ok(await at(name), `the keyboard does not reach ${name}`);
    };
    await open('records');
    await to('username');
    await page.keyboard.type(bruno.username);
    await to('password');
    await page.keyboard.type(bruno.password);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#code');
    await to('code');
    await page.keyboard.type(await house.code('email'));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${house.portal}/records/`);
  }));
});
