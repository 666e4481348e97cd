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
  await page.evaluate(async () => { for (const frame of document.querySelectorAll("iframe")) frame.loading = "eager"; });
  await page.waitForTimeout(0);
  return { page, troubles, requests };
}

const { page, troubles, requests } = await open({ viewport: { width: 1280, height: 900 } });
check("it loads without an error of the console", troubles.length === 0, troubles.join("\n"));
check("it asks the network for nothing", requests.length === 0, requests.join(" "));
check("a name that is a script stays a name", (await page.title()).startsWith("What would go out"));
check("every picture has words, and every frame a title",
  await page.$$eval("svg[role=img], iframe", (all) => all.length > 0 && all.every((one) => one.getAttribute("aria-label") || one.title)));
const levels = await page.$$eval("h1,h2,h3,h4", (all) => all.map((one) => Number(one.tagName[1])));
check("headings go down one level at a time", levels[0] === 1 && levels.every((level, i) => i === 0 || level <= levels[i - 1] + 1));

const text = page.locator("article.text").first();
const people = await text.locator("select option").allTextContents();
check("the picker offers people, the awkward ones with what is awkward",
  people.some((one) => one.includes("no name")) && people.some((one) => one.includes("right to left")) &&
  people.some((one) => one.includes("long name")), people.join(" | "));
await text.locator("select").selectOption({ index: people.length - 1 });
check("one sample person is shown at a time", (await text.locator(".specimen:visible").count()) === 1);
const frame = text.locator(".specimen:visible iframe");
check("a mail stands in a frame that may do nothing", (await frame.getAttribute("sandbox")) === "");
check("and is there to be read", (await frame.contentFrame().locator("body").innerText()).includes("Once more"));
check("nothing in it is markup that was not the author's", (await page.$$eval("iframe", (all) =>
  all.every((one) => !/<(img|script)/i.test(one.srcdoc)))));

await page.getByRole("button", { name: "Phone" }).click();
check("a mail can be looked at as wide as a telephone", (await text.locator(".specimen:visible .mail").boundingBox()).width <= 376);

const table = page.locator("table.sortable");
const column = async () => (await table.locator("tbody tr td:last-child").allTextContents()).map((one) => Number(one.replace(/,/g, "")));
await table.getByRole("button", { name: "people" }).click();
const up = await column();
check("the table of who is left out sorts by number", up.every((n, i) => i === 0 || up[i - 1] <= n), up.join(" "));
await table.getByRole("button", { name: "people" }).press("Enter");
const down = await column();
check("and back, with the keyboard", down.every((n, i) => i === 0 || down[i - 1] >= n), down.join(" "));

const flow = await page.locator("ol.flow").first().innerText();
check("the steps show how many people come to them", /7\s+step hello/.test(flow.replace(/\n/g, " ")), flow);

// WCAG 1.4.3: 4.5 to 1 for text, in both colour schemes.
const contrast = (target) => target.evaluate(() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => { const [r, g, b] = c.match(/\d+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const ground = (one) => { for (let at = one; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor; if (!/, 0\)$/.test(c) && c !== "transparent") return c; } return "rgb(255, 255, 255)"; };
  let worst = [99, ""];
  for (const one of document.querySelectorAll("p, td, th, h1, h2, h3, h4, code, code span, a, dt, dd, li, button, summary, .edge")) {
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
const paper = await page.pdf({ format: "A4" });
check("it prints", paper.length > 10000);

if (pictures) {
  await page.screenshot({ path: `${pictures}/report-desktop.png`, fullPage: true });
  await dark.page.screenshot({ path: `${pictures}/report-dark.png`, fullPage: true });
  await phone.page.screenshot({ path: `${pictures}/report-phone.png`, fullPage: true });
}
await browser.close();
process.exit(failed ? 1 : 0);
