// Pictures of the states of the gallery at phone and desktop width: node shots.mjs DIR [ID ...]
import { resolve } from 'node:path';
import { startBrowser, startHouse } from './house.mjs';
import { shoot } from './look.mjs';

const [dir, ...ids] = process.argv.slice(2);
if (!dir) throw new Error('usage: node shots.mjs DIR [ID ...]');
const [house, browser] = await Promise.all([startHouse(), startBrowser()]);
const page = await browser.newPage();
await page.route((url) => !url.href.startsWith(house.issuer), (route) => route.abort());
await page.goto(`${house.issuer}/dev/gallery`);
const states = await page.$$eval('a[href*="/dev/gallery/"]', (links) => [...new Set(links.map((a) => a.href))]);
for (const address of states.filter((a) => /lang=en/.test(a))) {
  const [, id, variant] = address.match(/gallery\/([^/]+)\/([^?]+)/);
  if (ids.length && !ids.includes(id)) continue;
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForSelector('h1', { timeout: 2000 }).catch(() => {});
  await shoot(page, `${id}-${variant}`, resolve(dir)).catch(() => {}); // of a page that leaves at once there may be none
}
await browser.close();
await house.stop();
