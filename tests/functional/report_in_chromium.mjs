// SPDX-License-Identifier: MIT
// node report_in_chromium.mjs REPORT.html [FOLDER FOR PICTURES]
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";

const [report, pictures] = process.argv.slice(2);
let failed = 0;
const check = (sentence, truth, detail = "") => {
  console.log((truth ? "ok: " : "FAILED: ") + sentence);
  if (!truth) { failed += 1; if (detail) console.log("    " + detail); }
};

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu",
  "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });

async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles = [], requests = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) troubles.push(message.text()); });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith("file:") && !request.url().startsWith("about:")) requests.push(request.url()); });
  await page.goto(pathToFileURL(report).href);
  return { page, troubles, requests };
}

const { page, troubles, requests } = await open({ viewport: { width: 1280, height: 900 } });
check("it loads without an error of the console", troubles.length === 0, troubles.join("\n"));
check("it asks the network for nothing", requests.length === 0, requests.join(" "));
check("a name that is a script stays a name", (await page.title()).startsWith("What would go out"));
check("every picture has words, and every frame a title",
  await page.$$eval("svg[role=img], .mail", (all) => all.length > 0 && all.every((one) => one.getAttribute("aria-label") || one.dataset.title)));
const levels = await page.$$eval("h1,h2,h3,h4", (all) => all.map((one) => Number(one.tagName[1])));
check("headings go down one level at a time", levels[0] === 1 && levels.every((level, i) => i === 0 || level <= levels[i - 1] + 1));

const summary = await page.locator(".lead").innerText();
check("one sentence says how much goes out and when most", /\d+ messages go out.*busiest day/.test(summary), summary);
check("what is assumed stands in the head", (await page.locator("header").innerText()).includes("Assumed: approvals"));
check("and that another file stands in", (await page.locator("header").innerText()).includes("hello.nurture as it stands in edited"));
check("what the text messages cost is there", (await page.locator("#delivery").innerText()).includes("0.0"),
  await page.locator("#delivery").innerText());

const march = page.locator("table.month").first();
check("the calendar has the number on its day", /^\d+\s+\d+$/.test((await march.locator("td[class^=l]").first().innerText()).trim()),
  await march.innerText());
check("every bar of the chart says its day", (await page.locator("#when svg g title").count()) > 3);

check("and every chart has its numbers in a table", (await page.locator("svg.chart").count()) === (await page.locator("details > table").count()));

const live = await page.locator("#live").innerText();
check("the lines that are not the live ones are shown, before and after", live.includes("wait 2 days") && live.includes("wait 3 days") &&
  (await page.locator("#live .minus").count()) === 2 && (await page.locator("#live .plus").count()) === 2, live);
check("with the audience and the messages, before and after", /Hello <b>all<\/b>\s+\d+ → \d+\s+\d+ → \d+/.test(live), live);

const text = page.locator("article.text").filter({ hasText: "again" }).first();
const people = await text.locator("select option").allTextContents();
check("the picker offers people, the awkward ones with what is awkward",
  ["no name", "right to left", "long name"].every((odd) => people.some((one) => one.includes(odd))), people.join(" | "));
check("and whoever has a blank where the text says a value",
  (await page.locator("article.text", { hasText: "hello" }).locator("select option").allTextContents()).includes("Bea Long, a value is blank"));
await text.locator("select").selectOption({ index: people.length - 1 });
check("one sample person is shown at a time", (await text.locator(".specimen:visible").count()) === 1);
check("mails far below are not opened yet", (await page.locator("iframe").count()) < (await page.locator(".mail").count()));
const frame = text.locator(".specimen:visible iframe");
await text.locator(".specimen:visible .mail").scrollIntoViewIfNeeded();
check("a mail stands in a frame that may do nothing", (await frame.getAttribute("sandbox")) === "");
check("and is there to be read", (await frame.contentFrame().locator("body").innerText()).includes("Once more"));
check("with sender, subject and plain part beside it", /From[\s\S]+Dana Wu[\s\S]+Subject[\s\S]+Good day[\s\S]+Plain part[\s\S]+Once more/.test(
  await text.locator(".specimen:visible").innerText()), await text.locator(".specimen:visible").innerText());
check("nothing in it is markup that was not the author's", (await page.$$eval(".mail", (all) =>
  all.every((one) => !/<(img|script)/i.test(one.dataset.html)))));
check("a text message is a bubble with its segments", (await page.locator(".bubble").count()) > 0 &&
  (await page.locator("article.text").filter({ has: page.locator(".bubble") }).first().innerText()).includes("segment"));

await page.getByRole("button", { name: "Phone" }).click();
check("a mail can be looked at as wide as a telephone", (await text.locator(".specimen:visible .mail").boundingBox()).width <= 392);
await page.getByRole("button", { name: "Desktop" }).click();

const table = page.locator("#left-out table.sortable");
const column = async () => (await table.locator("tbody tr td:last-child").allTextContents()).map((one) => Number(one.replace(/,/g, "")));
await table.getByRole("button", { name: "people" }).click();
const up = await column();
check("the table of who is left out sorts by number", up.length > 2 && up.every((n, i) => i === 0 || up[i - 1] <= n), up.join(" "));
await table.getByRole("button", { name: "people" }).press("Enter");
const down = await column();
check("and back, with the keyboard", down.every((n, i) => i === 0 || down[i - 1] >= n), down.join(" "));
await table.getByRole("button", { name: "why" }).click();
const why = await table.locator("tbody tr td:nth-child(3)").allTextContents();
check("and by words", why.every((one, i) => i === 0 || why[i - 1].localeCompare(one) <= 0), why.join(" | "));

const caps = await page.locator("#delivery").innerText();
check("who waits behind whom is said, with the line", /Short hello[\s\S]+at most 1 message per candidate in 24 hours/.test(caps), caps);
check("and what each mailbox domain gets", caps.includes("candidates.example"), caps);

const flow = (await page.locator("ol.flow").first().innerText()).replace(/\s+/g, " ");
check("the steps show how many people come to them", /8 people email step hello/.test(flow), flow);
check("and both ways of a branch", /yes: 0 people .* no: \d people/.test(flow), flow);
const funnel = (await page.locator(".funnel").first().innerText()).replace(/\s+/g, " ");
check("a segment's lines stand beside how many they leave", /email is known 8 /.test(funnel), funnel);
check("coloured", (await page.locator(".funnel .k").count()) > 2);

await page.evaluate(() => scrollTo(0, 0));
await page.locator("body").click({ position: { x: 2, y: 2 } });
await page.keyboard.press("Tab");
check("the keyboard begins with a way past the head", (await page.evaluate(() => document.activeElement.className)) === "skip");
await page.keyboard.press("Tab");
check("and goes on to the parts of the page", (await page.evaluate(() => document.activeElement.closest("nav") !== null)));
check("every link of the page leads somewhere", await page.$$eval("a[href^='#']", (all) => all.every((one) => document.getElementById(one.hash.slice(1)))));
check("no two things have the same id", await page.$$eval("[id]", (all) => new Set(all.map((one) => one.id)).size === all.length));

// WCAG 1.4.3: 4.5 to 1 for text, in both colour schemes.
const contrast = (target) => target.evaluate(() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => { const [r, g, b] = c.match(/\d+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const ground = (one) => { for (let at = one; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor; if (!/, 0\)$/.test(c) && c !== "transparent") return c; } return "rgb(255, 255, 255)"; };
  let worst = [99, ""];
  for (const one of document.querySelectorAll("p, td, td b, th, h1, h2, h3, h4, code, code span, a, dt, dd, small, li, button, summary, pre, .edge, .kind, .tag, .left, .line, .diff span, .diff i")) {
    if (!one.textContent.trim() || !one.getClientRects().length) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, one.tagName + " " + one.className + " " + one.textContent.slice(0, 30)];
  }
  return worst;
});
const day = await contrast(page);
check("text stands out by day", day[0] >= 4.5, day.join(" "));
const dark = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
const night = await contrast(dark.page);
check("and in the dark", night[0] >= 4.5, night.join(" "));
check("the dark page is dark", await dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor) === "rgb(21, 23, 27)");

const phone = await open({ viewport: { width: 375, height: 740 } });
check("nothing runs out of a telephone's screen",
  await phone.page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1));
const narrow = await open({ viewport: { width: 320, height: 640 } });
check("nor of a small one's",
  await narrow.page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1));
await page.getByRole("button", { name: "to print" }).click();
check("all mails can be opened, to print them", await page.$$eval(".specimen:not([hidden]) .mail", (all) =>
  all.length > 1 && all.every((one) => one.firstChild)));
await page.emulateMedia({ media: "print" });
check("on paper there is nothing to click", await page.$$eval("nav, .tools", (all) => all.every((one) => !one.getClientRects().length)));
check("and of each text the person that was chosen", (await text.locator(".specimen:visible").count()) === 1);
const paper = await page.pdf({ format: "A4" });
check("it prints", paper.length > 10000);

if (pictures) {
  await page.emulateMedia({ media: "screen" });
  await page.screenshot({ path: `${pictures}/report-desktop.png`, fullPage: true });
  await dark.page.screenshot({ path: `${pictures}/report-dark.png`, fullPage: true });
  await phone.page.screenshot({ path: `${pictures}/report-phone.png`, fullPage: true });
}
await browser.close();
process.exit(failed ? 1 : 0);
