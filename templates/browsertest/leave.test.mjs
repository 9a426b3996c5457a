// What people do who take their data along, let somebody else see their record for a time, or close their account.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { enter, press, second, signIn, startBrowser, tell, tick, watch } from './house.mjs';
import { look } from './look.mjs';

describe('data, trusted people and leaving', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  // born fills in a date of birth, and goes on.
  async function born(page, date, form) {
    const [year, month, day] = date.split('-');
    await page.fill('#month', String(Number(month)));
    await page.fill('#day', String(Number(day)));
    await page.fill('#year', year);
    await press(page, `${form} button[type=submit]`);
  }

  // joins adds the record of a code to the account of somebody who is not signed in.
  async function joins(page, house, code, birthDate, person) {
    await page.goto(`${house.issuer}/activate/code`);
    await page.fill('#code', code);
    await press(page, 'form[action="/activate/code"] button');
    await born(page, birthDate, 'form[action$="/facts"]');
    await press(page, 'button[value=have]');
    await signIn(page, person.username, person.password);
    await second(page, house, person);
    await page.waitForSelector('button[value=join]');
    await press(page, 'button[value=join]');
    assert.match(await page.innerText('h1'), /added|agreg|añad/i);
  }

  const status = (page) => page.innerText('[role=status]');

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';
    const looked = javaScriptEnabled ? look : async () => {};

    test(`Y-14 Ana reads what is held about her, and takes it along${how}`, () =>
      tell(browser, { javaScriptEnabled }, async ({ house, page, open }) => {
        const ana = house.account('ana');
        await open('records');
        await enter(page, house, ana);
        await page.waitForURL(`${house.portal}/records/`);
        await page.goto(`${house.issuer}/account`);
        await press(page, 'a[href="/account/data"]');
        await looked(page, 'Y-14 download');
        const [file] = await Promise.all([page.waitForEvent('download'), page.click('form[action="/account/data/file"] button')]);
        assert.equal(file.suggestedFilename(), 'my-data.json');
        const text = readFileSync(await file.path(), 'utf8');
        const held = JSON.parse(text);
        assert.equal(held.account.status, 'active');
        assert.ok(held.identifiers.some((i) => i.kind === 'email' && i.value === ana.email), text);
        assert.ok(held.ways_to_sign_in.some((w) => w.kind === 'password'));
        assert.ok(held.apps_signed_in.length > 0 && held.activity.length > 0);
        for (const secret of [ana.password, ana.totp_secret, '$argon2', ...(ana.recovery_codes ?? [])]) {
          assert.ok(!secret || !text.includes(secret), 'it holds a secret');
        }
        await press(page, 'form[action="/account/data/page"] button');
        assert.equal(await page.innerText('h1'), 'Your data');
        assert.match(await page.innerText('main'), new RegExp(`${ana.email}[\\s\\S]*Password`));
        await looked(page, 'Y-14 page');
        const letter = await house.message((m) => m.to === ana.email && /downloaded/.test(m.subject ?? ''));
        assert.match(letter.text, /copy of all the data/);
        await page.goto(`${house.issuer}/account/data/page`); // nothing is shown by an address alone
        assert.equal(await page.locator('form[action="/account/data/page"]').count(), 1);
      }));

    test(`Y-15 Ana asks to close her account, keeps it, and has it closed after all${how}`, () =>
      tell(browser, { javaScriptEnabled }, async ({ house, page, open, later }) => {
        const ana = house.account('ana');
        await open('records');
        await enter(page, house, ana);
        await page.waitForURL(`${house.portal}/records/`);
        await page.goto(`${house.issuer}/account`);
        await press(page, 'a[href="/account/close"]');
        assert.match(await page.innerText('main'), /14 days/);
        await looked(page, 'Y-15 close');
        await press(page, 'form[action="/account/close"] button');
        assert.match(await status(page), /We will close your account/);
        await looked(page, 'Y-15 asked');
        const asked = await house.message((m) => m.to === ana.email && /will be closed/.test(m.subject ?? ''));
        assert.match(asked.text, /You can change your mind/);
        await page.goto(`${house.issuer}/account`);
        assert.match(await status(page), /closed/);
        await looked(page, 'Y-15 overview');
        await press(page, 'a[href="/account/close"]');
        await press(page, 'form[action="/account/close/keep"] button');
        assert.match(await status(page), /stays open/);
        await looked(page, 'Y-15 kept');
        await house.message((m) => m.to === ana.email && /stays open/.test(m.subject ?? ''));
        await press(page, 'form[action="/account/close"] button');
        await page.waitForSelector('form[action="/account/close/keep"]');

        const after = await later('340h');
        await after.message((m) => m.to === ana.email && /account is closed/.test(m.subject ?? ''));
        await page.goto(`${after.issuer}/account`);
        await signIn(page, ana.username, ana.password);
        await page.waitForSelector('.summary');
        assert.equal(await page.locator('input[name=password]').count(), 1);
      }));

    test(`Y-13 Ana lets Cyrus see her record, and ends it${how}`, (t) =>
      tell(browser, { javaScriptEnabled }, async ({ house, page, context }) => {
        const ana = house.account('ana');
        const cyrus = house.account('cyrus');
        const letter = house.activations[0];
        await joins(page, house, letter.code, letter.birth_date, ana);
        await page.goto(`${house.issuer}/account`);
        await press(page, 'a[href="/account/trusted"]');
        await looked(page, 'Y-13 none');
        await press(page, 'a[href="/account/trusted/add"]');
        await looked(page, 'Y-13 add');
        await press(page, 'form[action="/account/trusted/add"] button[type=submit]');
        await page.waitForSelector('.summary');
        await looked(page, 'Y-13 faults');
        await page.fill('#name', 'Cyrus Tate');
        await page.fill('#email', 'cyrus.tate@example.net');
        await tick(page, page.locator('input[name=months][value="1"]'));
        await born(page, '1979-11-05', 'form[action="/account/trusted/add"]');
        assert.match(await status(page), /We sent the code/);
        assert.match(await page.innerText('main'), /Cyrus Tate[\s\S]*Has not used the code yet/);
        await looked(page, 'Y-13 invited');
        const invitation = await house.message((m) => m.to === 'cyrus.tate@example.net');
        const notice = await house.message((m) => m.to === ana.email && /invited someone/.test(m.subject ?? ''));
        assert.ok(!/Cyrus|Tate/.test(notice.text), notice.text);
        const code = /\b[0-9A-Z]{4}(-[0-9A-Z]{4})+\b/.exec(invitation.text)[0];
        assert.ok(!notice.text.includes(code));

        const theirs = await browser.newContext({ javaScriptEnabled, locale: 'en-US' });
        t.after(() => theirs.close());
        const carer = await theirs.newPage();
        const faults = watch(carer);
        await joins(carer, house, code, '1979-11-05', cyrus);
        await house.message((m) => m.to === ana.email && /can now see your record/.test(m.subject ?? ''));
        await carer.goto(`${house.issuer}/account/trusted`);
        assert.equal(await carer.locator('a[href="/account/trusted/add"]').count(), 0); // what was lent cannot be lent on

        await page.goto(`${house.issuer}/account/trusted`);
        assert.match(await page.innerText('main'), /Cyrus Tate[\s\S]*Can see it since/);
        await looked(page, 'Y-13 trusted');
        await press(page, 'a[href$="/end"]');
        await looked(page, 'Y-13 end');
        await press(page, 'form[action$="/end"] button[type=submit]');
        assert.match(await status(page), /has ended/);
        assert.ok(!/Cyrus Tate/.test(await page.innerText('main')));
        await house.message((m) => m.to === ana.email && /person was removed/.test(m.subject ?? ''));
        await house.message((m) => m.to === cyrus.email && /no longer see a record/.test(m.subject ?? ''));
        assert.deepEqual(faults, []);
        assert.equal(context.pages().length, 1);
      }));
  }
});
