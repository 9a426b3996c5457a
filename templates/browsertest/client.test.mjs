// openid-client is certified by the OpenID Foundation as a relying party, and nobody here wrote it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { webcrypto } from 'node:crypto';
import { enter, startBrowser, startHouse } from './house.mjs';

globalThis.crypto ??= webcrypto; // Debian 12's Node has it under another name
const oidc = await import('openid-client');

describe('a certified client', () => {
  let house, browser;
  before(async () => { [house, browser] = await Promise.all([startHouse(), startBrowser()]); });
  after(async () => { await browser?.close(); await house?.stop(); });

  const discover = (client, authentication) => oidc.discovery(
    new URL(house.issuer), client.client_id, client.client_secret || undefined, authentication,
    { execute: [oidc.allowInsecureRequests] },
  );

  // through lets a person go from the authorization request to the redirect URI, and answers the address it was called with.
  const through = async (page, address, redirect, person) => {
    const reached = page.waitForRequest((r) => r.url().startsWith(redirect));
    await page.route(`${redirect}**`, (route) => route.fulfill({ body: 'back in the app' }));
    await page.goto(address.href).catch(() => {});
    if (person) await enter(page, house, person);
    return new URL((await reached).url());
  };

  for (const [id, authentication] of [['records', oidc.ClientSecretBasic], ['scheduling', () => oidc.None()]]) {
    test(`${id} signs in, refreshes, looks, and signs out`, async () => {
      const client = house.client(id);
      const redirect = client.redirect_uris[0];
      const config = await discover(client, authentication(client.client_secret));
      const verifier = oidc.randomPKCECodeVerifier();
      const checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), maxAge: 600 };
      const address = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirect, scope: 'openid profile email', state: checks.expectedState, nonce: checks.expectedNonce, max_age: '600',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
      });
      const context = await browser.newContext();
      const page = await context.newPage();
      const ana = house.account('ana');
      const tokens = await oidc.authorizationCodeGrant(config, await through(page, address, redirect, ana), checks);
      const claims = tokens.claims();
      assert.equal(claims.aud, id);

      const user = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
      assert.equal(user.email, ana.email);
      assert.equal(user.preferred_username, ana.username);

      const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
      assert.equal(again.claims().sub, claims.sub);
      assert.notEqual(again.access_token, tokens.access_token);

      if (client.client_secret) {
        const about = await oidc.tokenIntrospection(config, again.access_token);
        assert.equal(about.active, true);
        await oidc.tokenRevocation(config, again.access_token);
        assert.deepEqual(await oidc.tokenIntrospection(config, again.access_token), { active: false });
      }

      const bye = client.post_logout_redirect_uris[0];
      const end = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: 'see-you' });
      assert.equal((await through(page, end, bye)).searchParams.get('state'), 'see-you');
      await assert.rejects(oidc.refreshTokenGrant(config, again.refresh_token), (e) => e.error === 'invalid_grant');

      const silent = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirect, scope: 'openid', state: checks.expectedState, prompt: 'none',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
      });
      const refused = await through(page, silent, redirect);
      await assert.rejects(oidc.authorizationCodeGrant(config, refused, { pkceCodeVerifier: verifier, expectedState: checks.expectedState }), (e) => e.error === 'login_required');
      await context.close();
    });
  }

  test('backend gets a token for itself', async () => {
    const client = house.client('backend');
    const config = await discover(client, oidc.ClientSecretBasic(client.client_secret));
    const tokens = await oidc.clientCredentialsGrant(config);
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(tokens.refresh_token, undefined);
    assert.equal(tokens.id_token, undefined);
  });
});
