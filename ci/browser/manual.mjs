// A person who does the manual in a browser, by visible labels: Приложение 1 on the panel, then chapters 1 to 3 on the
// portal's own pages, which drive the token through the plugin. No script is put into them, and their policy holds.
//
//   scenarios run manual-in-a-browser --via browser --driver 'node ci/browser/manual.mjs'
//
// Each step of a scenario is a process of its own. It reads one line of JSON from its input: what to do and what a person
// would know; then it says what it does and sees, a line of JSON each, and goes on when a line has come back (see
// scenarios/QA.md). Downloads and pictures go to the folder that it is told; PINs and codes go nowhere but into the pages.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const heard = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await heard.next()).value);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const ask = async (line) => (say(line), hear());

const order = await hear();
const { chromium } = createRequire(join(order.modules, "package.json"))("playwright-core");
const pictures = join(order.folder, "pictures");
mkdirSync(pictures, { recursive: true });
mkdirSync(join(order.folder, "documents"), { recursive: true });

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1100, height: 820 }, locale: "ru-RU", acceptDownloads: true });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
const refused = [];
page.on("pageerror", (error) => refused.push(error.message));
page.on("console", (message) => {
  if (message.text().includes("Content Security Policy")) refused.push(message.text());
});
const open = new Set();
page.on("request", (request) => open.add(request));
for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => open.delete(request));

const link = (name) => page.getByRole("link", { name, exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const field = (label) => page.getByLabel(label, { exact: true });
const dialog = (name) => page.getByRole("dialog", { name });
const row = (name) => page.getByRole("row", { name }).getByRole("cell");

/** An end that the scenario may expect: what is seen, and the engine's exit code for it. */
class Seen extends Error {
  constructor(text, exit) {
    super(text);
    this.exit = exit;
  }
}

/** What a page still asks for comes before what is said next, so that the order is the same every time. */
async function settle() {
  for (let [quiet, looks] = [0, 0]; quiet < 3 && looks < 200; looks += 1) {
    await new Promise((later) => setTimeout(later, 20));
    quiet = open.size === 0 ? quiet + 1 : 0;
  }
}

async function tell(step, act, label, { text = "", figure, page: title } = {}) {
  await settle();
  if (figure) await page.screenshot({ path: join(pictures, `manual-fig-${String(figure).padStart(2, "0")}.png`) });
  await ask({ page: { step, page: title ?? (await page.title()), act, label, text, ...(figure ? { figure } : {}) } });
}

async function openPage(step, address, label) {
  await tell(step, "open", label);
  await page.goto(address);
}

async function press(step, what, label, more) {
  await tell(step, "press", label, more);
  await what.click();
}

/** `shown` stands for a secret in what is said. */
async function type(step, label, value, shown = value) {
  await tell(step, "type", label, { text: shown });
  await field(label).fill(value);
}

async function choose(step, what, label) {
  await tell(step, "choose", label);
  await what.check();
}

/** A message in the person's hand. */
async function message(awaited) {
  await settle();
  const answer = await ask({ phone: awaited });
  if (answer.nothing) throw new Seen(`no message comes: ${awaited}`, 1);
  return answer;
}

/** Steps 1.2 to 1.7, which are 2.1 to 2.6 again. */
async function openApplication() {
  const [site, cabinet, phone, code, work, application] = order.do === "request"
    ? ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] : ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"];
  await openPage(site, order.portal, "портал");
  await press(cabinet, link("Личный кабинет").first(), "Личный кабинет");
  await type(phone, "Номер сотового телефона", order.phone);
  await press(phone, button("Получить код"), "Получить код");
  await field("Код подтверждения").waitFor();
  const alert = page.getByRole("alert").filter({ hasText: "Повторный код можно получить через" });
  if (await alert.count()) {
    const text = await alert.textContent();
    await tell(phone, "see", "", { text });
    await ask({ wait: { secs: Number(text.match(/(\d+) с/)[1]) } });
    await press(phone, button("Получить код повторно"), "Получить код повторно");
    await alert.waitFor({ state: "detached" });
  }
  const came = await message("code");
  await type(code, "Код подтверждения", came.code, "the code");
  await press(code, button("Войти"), "Войти");
  await link("Работа с заявкой").waitFor();
  await press(work, link("Работа с заявкой"), "Работа с заявкой");
  await press(work, page.getByRole("main").getByRole("link", { name: "Личный кабинет" }), "Личный кабинет");
  const chosen = order.application ? link(order.application) : page.getByRole("link", { name: /^\d{6}$/ }).first();
  const number = await chosen.textContent();
  await press(application, chosen, number);
  await page.getByText(`Номер заявки: ${number}`).or(page.getByText(number).first()).first().waitFor();
  return number;
}

/** The dialog for the PIN, and what the page says to it. */
async function givePin(step, picture) {
  const pin = dialog("Введите PIN-код Рутокен ЭЦП");
  await pin.waitFor();
  await type(step, "PIN-код", order.user_pin, "{pin:user}");
  await page.screenshot({ path: join(pictures, `manual-${picture}.png`) });
  await press(step, pin.getByRole("button", { name: "ОК" }), "ОК");
  const wrong = page.getByText(/Неверный PIN-код/);
  await row("Авторизация").getByText("Успешно").or(wrong).first().waitFor();
  await settle();
  if (await wrong.isVisible()) {
    const text = await wrong.textContent();
    await tell(step, "see", "Введите PIN-код Рутокен ЭЦП", { text });
    throw new Seen(text, 12);
  }
  await tell(step, "see", "Авторизация", { text: "Успешно" });
}

/** Приложение 1, steps 1 to 9. */
async function appendix() {
  const certificates = page.getByRole("radio", { name: /^Сертификат:/ });
  const pairs = page.getByRole("radio", { name: /^Ключевая пара:/ });
  await openPage("A2", order.bridge, "Панель управления Рутокен");
  await press("A3", page.getByRole("tab", { name: "Сертификаты" }), "Сертификаты");
  await certificates.first().waitFor();
  await press("A4", button("Ввести PIN-код..."), "Ввести PIN-код...", { figure: 19 });
  await choose("A5", field("Администратор"), "Администратор");
  await type("A5", "PIN-код", order.administrator_pin, "{pin:administrator}");
  await press("A5", button("ОК"), "ОК", { figure: 21 });
  await button("Выйти").waitFor();
  await choose("A6", certificates.first(), "Сертификат");
  await press("A7", button("Удалить"), "Удалить");
  await button("Да").waitFor();
  await press("A7", button("Да"), "Да", { figure: 23 });
  await certificates.first().waitFor({ state: "detached" });
  await choose("A8", pairs.first(), "Ключевая пара");
  await press("A8", button("Удалить"), "Удалить");
  await type("A9", "PIN-код", order.user_pin, "{pin:user}");
  await press("A9", button("ОК"), "ОК", { figure: 25 });
  const empty = page.getByText("На токене нет сертификатов и ключевых пар.");
  await empty.waitFor();
  await tell("A9", "see", "", { text: await empty.textContent() });
  await press("A9", button("Выйти"), "Выйти");
  await button("Ввести PIN-код...").waitFor();
}

/** Chapter 1, to the message that the certificate is ordered. */
async function request() {
  const number = await openApplication();
  await press("1.8", link("Запросить сертификат"), "Запросить сертификат");
  await givePin("1.9", "fig-07-pin");
  const waits = await button("Создать запрос").isDisabled();
  if (!waits) throw new Error("«Создать запрос» does not wait for a pair");
  const container = await field("Имя контейнера").inputValue();
  await tell("1.9", "see", "Имя контейнера", { text: container });
  await press("1.9", button("Создать ключевую пару"), "Создать ключевую пару", { figure: 7 });
  await page.getByRole("option", { name: container }).waitFor({ state: "attached" });
  await page.waitForFunction(() => document.getElementById("pairs").value !== "");
  await press("1.10", button("Создать запрос"), "Создать запрос", { figure: 8 });
  const sent = dialog("Сообщение с веб-страницы");
  const text = sent.getByText("Запрос на сертификат успешно отправлен");
  await text.waitFor();
  await tell("1.11", "see", "Сообщение с веб-страницы", { text: await text.textContent(), figure: 9 });
  await press("1.11", sent.getByRole("button", { name: "ОК" }), "ОК");
  await page.getByText(`Номер заявки: ${number}`).waitFor();
  await message("ordered");
}

/** Chapter 2, when the second message has come; the certificate saved on this computer too. */
async function install() {
  await message("ready");
  const number = await openApplication();
  await tell("2.7", "save", "Сохранить сертификат на локальный компьютер");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    link("Сохранить сертификат на локальный компьютер").click(),
  ]);
  await download.saveAs(join(order.folder, "certificate.der"));
  const pem = readFileSync(join(order.folder, "certificate.der")).toString("base64").match(/.{1,64}/g).join("\n");
  writeFileSync(join(order.folder, "certificate.pem"), `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`);
  const chain = await page.request.get(`${order.portal}/cabinet/applications/${number}/chain`);
  writeFileSync(join(order.folder, "issuer.pem"), await chain.body());
  await press("2.7", link("Установить сертификат в контейнер"), "Установить сертификат в контейнер");
  await givePin("2.8", "fig-16-pin");
  const pair = await field("Ключевая пара").evaluate((it) => it.selectedOptions[0].text);
  await tell("2.8", "choose", "Ключевая пара", { text: pair });
  await press("2.8", button("Загрузить сертификат"), "Загрузить сертификат", { figure: 16 });
  const done = dialog("Сообщение с веб-страницы");
  const text = done.getByText("Сертификат успешно установлен в контейнер");
  await text.waitFor();
  await tell("2.9", "see", "Сообщение с веб-страницы", { text: await text.textContent(), figure: 17 });
  await press("2.9", done.getByRole("button", { name: "ОК" }), "ОК");
  await page.getByText("Отметка об установке").waitFor();
}

/** Chapter 3: the two papers to print. */
async function documents() {
  await openApplication();
  const both = "Расписка в получении сертификата и Руководство по безопасности";
  await press("3", link(both), both);
  for (const [name, file] of [["Расписка в получении сертификата", "raspiska"], ["Руководство по безопасности", "rukovodstvo"]]) {
    await page.getByRole("link", { name }).waitFor();
    await tell("3", "save", name);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    await download.saveAs(join(order.folder, "documents", `${file}.pdf`));
  }
}

try {
  if (order.replace_old) await appendix();
  await { request, install, documents }[order.do]();
  await settle();
  if (refused.length > 0) throw new Error(`a page asks for what its policy forbids: ${refused.join("; ")}`);
  say("done");
} catch (error) {
  await page.screenshot({ path: join(pictures, `stopped-${order.do}.png`), fullPage: true }).catch(() => {});
  say({ failed: { text: `«${await page.title()}»: ${error.message.split("\n")[0]}`, exit: error.exit ?? 1 } });
} finally {
  await browser.close();
  process.exit(0);
}
