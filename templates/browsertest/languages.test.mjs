// A patient chooses a language on the way, and stays in it; and Arabic reads from right to left wherever she goes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, codeOf, asked, signIn, startBrowser, tell } from './house.mjs';
import { check, shoot } from './look.mjs';

const picker = (tag) => `footer a[hreflang="${tag}"]`;
const path = (page) => new URL(page.url()).pathname;

// change presses a language, and waits for the page in it.
async function change(page, tag) {
  await page.click(picker(tag));
  await page.waitForSelector(`html[lang="${tag}"]`);
  await page.waitForLoadState();
}

// arabic asks of a page what every page in Arabic keeps to, on the smallest phone.
async function arabic(page, name) {
  assert.equal(await page.getAttribute('html', 'lang'), 'ar', name);
  assert.equal(await page.getAttribute('html', 'dir'), 'rtl', name);
  assert.match(await page.textContent('h1'), /\p{Script=Arabic}/u, name);
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const over = await page.evaluate(() => {
    scrollTo(-1000, 0);
    return Math.max(Math.abs(scrollX), document.documentElement.scrollWidth - document.documentElement.clientWidth);
  });
  assert.equal(over, 0, `${name} scrolls sideways`);
  await page.setViewportSize(before);
}

describe('languages', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';

    test(`a change of language keeps the way that a patient is on${how}`, () => tell(browser, { javaScriptEnabled }, async ({ house, page, open }) => {
      await open('records');
      const way = path(page);
      await page.fill('input[name=username]', 'ana');
      await page.fill('input[name=password]', 'never to be kept');
      const names = await page.$$eval('footer a[hreflang]', (all) => all.map((a) => [a.lang, a.hreflang, a.textContent]));
      for (const [lang, hreflang, name] of names) assert.ok(lang === hreflang && name, `${lang} ${hreflang} ${name}`);
      assert.equal(names.length, 6);
      await change(page, 'ar');
      assert.equal(path(page), way);
      assert.match(await page.textContent('main'), /Records/);
      assert.equal(await page.inputValue('input[name=username]'), javaScriptEnabled ? 'ana' : '');
      assert.equal(await page.inputValue('input[name=password]'), '');
      if (javaScriptEnabled) {
        assert.equal(await page.evaluate(() => sessionStorage.length), 0);
        await page.goto(page.url());
        assert.equal(await page.inputValue('input[name=username]'), '', 'what was typed is kept for one page');
      }
      await arabic(page, 'sign-in');

      await signIn(page, 'ana', 'not this one');
      await page.waitForSelector('.summary');
      await arabic(page, 'sign-in with a fault');
      await change(page, 'zh-Hans');
      assert.equal(path(page).split('/').slice(0, 3).join('/'), way.split('/').slice(0, 3).join('/'));
      await change(page, 'ar');
      const ana = house.account('ana');
      await signIn(page, ana.username, ana.password);
      await page.waitForSelector('#code, input[name=way]');
      if (!(await page.isVisible('#code'))) await page.click('form[action$="/way"] button[type=submit]');
      await page.waitForSelector('#code');
      await arabic(page, 'code');
      await answer(page, await codeOf(house, ana, await asked(page)));
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`a patient's account in Arabic${how}`, () => tell(browser, { javaScriptEnabled }, async ({ house, page }) => {
      const ana = house.account('ana');
      await page.goto(`${house.issuer}/account`);
      await change(page, 'ar'); // which goes before the language of the account, English
      await signIn(page, ana.username, ana.password);
      await page.waitForURL(`${house.issuer}/account`);
      await page.goto(`${house.issuer}/account/ways`); // one more proof, for what strangers must not see
      await page.waitForSelector('#code, input[name=way]');
      if (!(await page.isVisible('#code'))) await page.click('form[action$="/way"] button[type=submit]');
      await page.waitForSelector('#code');
      await answer(page, await codeOf(house, ana, await asked(page)));
      await page.waitForURL(`${house.issuer}/account/ways`);
      for (const place of ['', '/devices', '/activity', '/apps', '/ways', '/contacts', '/username', '/choices', '/not-me', '/password', '/data', '/close', '/trusted']) {
        assert.equal((await page.goto(`${house.issuer}/account${place}`)).status(), 200, place);
        assert.equal(path(page), `/account${place}`);
        await arabic(page, `/account${place}`);
        if (!javaScriptEnabled) continue;
        assert.deepEqual(await check(page), [], `/account${place}`);
        await shoot(page, `ar${place.replace('/', '-') || '-account'}`, 'languages');
      }
    }));
  }

  test('the language of an app counts before that of the browser, and what a patient chose before both', () => tell(browser, { locale: 'vi' }, async ({ house, page }) => {
    await page.goto(`${house.issuer}/account`);
    assert.equal(await page.getAttribute('html', 'lang'), 'vi');
    const client = house.client('records');
    const ask = new URLSearchParams({ client_id: client.client_id, response_type: 'code', scope: 'openid', redirect_uri: client.redirect_uris[0], state: 'x', nonce: 'x', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256', ui_locales: 'xx pt-BR es' });
    await page.goto(`${house.issuer}/authorize?${ask}`);
    assert.equal(await page.getAttribute('html', 'lang'), 'pt');
    await change(page, 'ht');
    await page.goto(`${house.issuer}/authorize?${ask}`);
    assert.equal(await page.getAttribute('html', 'lang'), 'ht');
  }));
});
