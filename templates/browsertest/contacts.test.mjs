// What people change of how they are reached, called and written to: a new email address, another username, Spanish.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, enter, press, signIn, startBrowser, tell, tick } from './house.mjs';
import { look } from './look.mjs';

describe('addresses, names and choices', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';
    const looked = javaScriptEnabled ? look : async () => {};

    test(`Y-06, Y-16, Y-12 Ana changes her email and her username, and chooses Spanish${how}`, () =>
      tell(browser, { javaScriptEnabled }, async ({ house, page, context, open }) => {
        const ana = house.account('ana');
        await open('records');
        await enter(page, house, ana);
        await page.waitForURL(`${house.portal}/records/`);
        await page.goto(`${house.issuer}/account`);
        await looked(page, 'Y-01 places');

        await press(page, 'a[href="/account/contacts"]');
        await looked(page, 'Y-06 contacts');
        await press(page, '[aria-labelledby=group-email] a[href$="/change"]');
        await looked(page, 'Y-06 change');
        await page.fill('#email', 'ana.reyes@example.net');
        await press(page, 'form[action$="/address"] button[type=submit]');
        const proof = await house.message((m) => m.to === 'ana.reyes@example.net' && /\b\d{6}\b/.test(m.text));
        await answer(page, /\b\d{6}\b/.exec(proof.text)[0]);
        await page.waitForSelector('[role=status]');
        assert.match(await page.innerText('[role=status]'), /Your email is changed/);
        assert.match(await page.innerText('main'), /a•••@example\.net/);
        assert.doesNotMatch(await page.innerText('main'), /a•••@example\.com/);
        await looked(page, 'Y-06 changed');
        const old = await house.message((m) => m.to === ana.email && /email address was changed/i.test(m.subject));
        assert.match(old.text, /a•••@example\.net/);
        assert.doesNotMatch(old.text, /ana\.reyes/);

        await press(page, '[aria-labelledby=group-phone] a[href$="/remove"]');
        await looked(page, 'Y-06 remove');
        await page.goto(`${house.issuer}/account/username`);
        await looked(page, 'Y-16 username');
        assert.match(await page.innerText('main'), /Ana Reyes[\s\S]*March 9, 1984/);
        await page.fill('#username', 'bruno');
        await press(page, 'form[action="/account/username"] button');
        assert.match(await page.innerText('main'), /Someone else has this username[\s\S]*These are free/);
        await looked(page, 'Y-16 taken');
        await page.fill('#username', 'ana.springfield');
        await press(page, 'form[action="/account/username"] button');
        assert.match(await page.innerText('[role=status]'), /new username is saved/);
        await looked(page, 'Y-16 changed');

        await page.goto(`${house.issuer}/account/choices`);
        await looked(page, 'Y-12 choices');
        await tick(page, page.locator('input[name=language][value=es]'));
        await tick(page, page.locator('input[name=codes]').nth(1));
        await press(page, 'form[action="/account/choices"] button');
        assert.equal(await page.getAttribute('html', 'lang'), 'es');
        assert.match(await page.innerText('[role=status]'), /guardadas/);
        await looked(page, 'Y-12 saved');
        assert.ok(await page.isChecked('input[name=language][value=es]'));

        await page.goto(`${house.issuer}/account/devices`);
        assert.equal(await page.getAttribute('html', 'lang'), 'es');
        await context.clearCookies(); // at another browser, which knows neither her nor her language
        await page.goto(`${house.issuer}/account`);
        assert.equal(await page.getAttribute('html', 'lang'), 'en');
        await signIn(page, 'ana.springfield', ana.password);
        await page.waitForSelector('dl.facts');
        assert.match(await page.innerText('dl.facts'), /ana\.springfield/);
        assert.equal(await page.getAttribute('html', 'lang'), 'es');
      }));
  }
});
