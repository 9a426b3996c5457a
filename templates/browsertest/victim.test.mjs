// Somebody guesses at Ana's password until sign-in with it is paused for strangers, and goes on. Ana signs in all the same: in
// the browser that knows her, with a passkey in a new browser, and by the link that was sent to her.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, authenticator, enter, press, second, signIn, signOut, startBrowser, tell, tick, watch, withoutAutofill } from './house.mjs';
import { look } from './look.mjs';

const looksAt = 10; // wrong passwords of strangers, in a quarter of an hour

// guesser tries passwords as a program does: each in a browser of its own, that nobody knows.
function guesser(house) {
  const { redirect_uris: [redirect] } = house.client('records');
  const ask = `${house.issuer}/authorize?${new URLSearchParams({
    client_id: 'records', redirect_uri: redirect, response_type: 'code', scope: 'openid', state: 'guesser-state', nonce: 'guesser-nonce',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
  })}`;
  const guess = async (username, password) => {
    const begun = await fetch(ask, { redirect: 'manual' });
    const cookie = begun.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
    const form = await (await fetch(new URL(begun.headers.get('location'), house.issuer), { headers: { cookie } })).text();
    const [, action] = /action="([^"]+\/password)"/.exec(form);
    const [, ticket] = /name="ticket" value="([^"]+)"/.exec(form);
    const answer = await fetch(house.issuer + action, {
      method: 'POST', redirect: 'manual', headers: { cookie, origin: house.issuer }, body: new URLSearchParams({ username, password, ticket }),
    });
    return { status: answer.status, retry: answer.headers.get('retry-after'), text: await answer.text() };
  };
  let going = true;
  const statuses = [];
  return {
    guess,
    // until guesses, many at once, until the house looks at no more, and answers how many it looked at.
    until: async (username) => {
      const all = await Promise.all(Array.from({ length: looksAt + 2 }, (_, i) => guess(username, `not the password ${i}`)));
      assert.equal((await guess(username, 'one more')).status, 429);
      return all.filter((a) => a.status === 422).length;
    },
    // goesOn guesses until stops() is called, which answers what came of it.
    goesOn: (username) => {
      const done = (async () => {
        for (let i = 0; going; i++) statuses.push((await guess(username, `still not the password ${i}`)).status);
      })();
      return { stops: async () => { going = false; await done; return statuses; } };
    },
  };
}

describe('a victim under attack', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  // besiege tells a story in which Ana's account is guessed at: first what happens before, then what happens meanwhile.
  // A story may say that it opens the door anew, as a new password does: then as many guesses are looked at once more, and no more.
  const besiege = (options, earlier, meanwhile, opens = false) => () => tell(browser, options, async (world) => {
    const ana = world.house.account('ana');
    const other = guesser(world.house);
    const kept = await earlier({ ...world, ana });
    assert.equal(await other.until(ana.username), looksAt, 'as many guesses are looked at as the lane has');
    const attack = other.goesOn(ana.username);
    const again = async () => { await other.until(ana.username); };
    try {
      await meanwhile({ ...world, ana, kept, guess: other.guess, again });
      assert.equal((await other.guess(ana.username, ana.password)).status, 429, 'Ana opens the door to nobody else');
    } finally {
      const statuses = await attack.stops();
      assert.ok(statuses.length > 0);
      const looked = statuses.filter((status) => status !== 429);
      assert.ok(looked.length <= (opens ? looksAt : 0), `${looked.length} guesses more are looked at: ${looked}`);
    }
  });

  // elsewhere is a new browser, and a page in it that is watched.
  const elsewhere = async (options, then) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults = watch(page);
    try {
      await then({ page, context });
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  };

  const records = async (page, house) => {
    await page.goto(`${house.portal}/records/`);
    await page.click('#sign-in');
  };
  const arrived = async (page, house) => {
    await page.waitForURL(`${house.portal}/records/`);
    assert.match(await page.textContent('#username'), /ana/);
  };

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';

    test(`signs in in the browser that knows her${how}`, besiege({ javaScriptEnabled }, async ({ house, page, open, ana }) => {
      await open('records');
      await enter(page, house, ana);
      await arrived(page, house);
      await signOut(page, house);
    }, async ({ house, page, open, ana }) => {
      await open('records');
      await signIn(page, ana.username, 'a slip of the finger'); // which costs her nothing either
      await page.waitForSelector('[role=group]:has-text("We could not sign you in")');
      await enter(page, house, ana);
      await arrived(page, house);
    }));

    test(`signs in by the link of the letter, in a new browser${how}`, besiege({ javaScriptEnabled }, async () => {}, async ({ house, page, open, ana }) => {
      const letter = await house.message((m) => m.to === ana.email && /\/way-in\//.test(m.text));
      assert.doesNotMatch(letter.text, /not the password/);
      await page.goto(/https?:\/\/\S+\/way-in\/\S+/.exec(letter.text)[0]);
      if (javaScriptEnabled) await look(page, 'M-15 link');
      await press(page, 'form button[type=submit]');
      assert.match(await page.innerText('main'), /You can sign in on this device now/);
      await open('records');
      await enter(page, house, ana);
      await arrived(page, house);
    }));

    test(`sets a new password, in a new browser, and signs in with it${how}`, besiege({ javaScriptEnabled }, async () => {}, async ({ house, page, open, ana, again }) => {
      const fresh = 'three quiet herons by the mill';
      await open('records');
      await signIn(page, ana.username, ana.password);
      await page.waitForSelector('[role=group]:has-text("set a new password now")');
      await press(page, 'a[href^="/forgot"]');
      await tick(page, page.locator('input[name=choice][value=password]'));
      await press(page, 'main form button[type=submit]');
      await page.fill('input[name=username]', ana.username);
      await press(page, 'main form button[type=submit]');
      await answer(page, await house.code('email'));
      await page.waitForSelector('#code, input[name=way], input[name=new_password]');
      await second(page, house, ana, 'text'); // e-mail alone is not enough, and tries of others hold no code back
      await page.waitForSelector('input[name=new_password]');
      await page.fill('input[name=new_password]', fresh);
      await press(page, 'form[action$="/new-password"] button[type=submit]');
      await again();
      await press(page, 'main a.button');
      await page.waitForSelector('input[name=password]');
      await enter(page, house, { ...ana, password: fresh });
      await arrived(page, house);
    }, true));

    test(`S-14 tells a stranger which ways are open${how}`, besiege({ javaScriptEnabled }, async () => {}, async ({ page, open, ana, guess }) => {
      await open('records');
      await signIn(page, ana.username, ana.password);
      await page.waitForSelector('[role=group]:has-text("paused for this account until")');
      const words = await page.innerText('[role=group]');
      for (const way of [/passkey/, /new password/, /call us at/, /email/]) assert.match(words, way);
      assert.equal(await page.inputValue('input[name=username]'), ana.username);
      assert.equal(await page.inputValue('input[name=password]'), '');
      assert.ok(await page.isVisible('a[href="/help"]'), 'there is help');
      if (javaScriptEnabled) {
        await page.waitForSelector('[data-passkey-button]:visible');
        await look(page, 'S-14 paused');
      } else {
        assert.ok(await page.isVisible('form.passkey noscript'), 'says what a passkey needs');
      }
      assert.doesNotMatch(words, new RegExp(`${ana.email}|@|0101`), 'no address is shown');
      const { status, retry } = await guess(ana.username, ana.password);
      assert.equal(status, 429);
      assert.ok(Number(retry) > 25 * 60 && Number(retry) <= 30 * 60);
      await signIn(page, 'bruno', 'a wrong one'); // another name is not held back
      await page.waitForSelector('[role=group]:has-text("We could not sign you in")');
    }));
  }

  test('signs in with a passkey, in a new browser', besiege({}, async ({ house, page, open, ana }) => {
    const device = await authenticator(page);
    await open('records');
    await enter(page, house, ana);
    await arrived(page, house);
    await page.goto(`${house.issuer}/account/add/passkey`);
    await page.click('[data-passkey-button]');
    await page.waitForSelector('[role=status]:has-text("Your passkey is ready")');
    return device.held();
  }, async ({ house, kept: [passkey] }) => {
    await elsewhere({}, async ({ page, context }) => {
      await withoutAutofill(context);
      await (await authenticator(page)).takes(passkey);
      await records(page, house);
      await signIn(page, 'ana', 'what a stranger would type'); // S-14 itself offers it
      await page.waitForSelector('[role=group]:has-text("paused for this account until")');
      await page.waitForSelector('[data-passkey-button]:visible');
      await page.click('[data-passkey-button]');
      await arrived(page, house);
      assert.match(await page.getAttribute('#acr', 'data-acr'), /phr$/);
    });
  }));
});
