// A browser where the virtual plugin stands in for the real one: the manual by visible labels, and other people's code.
//
//   node plugin.mjs BRIDGE PORTAL SMS CONTROL FOLDER
//
// BRIDGE is the address of an `enroll bridge` that allows PORTAL's origin; its token holds nothing. PORTAL, SMS and
// CONTROL are what `mock-ca serve --clock manual` prints. Pictures, `certificate.pem` and its issuers' `chain.pem` go to
// FOLDER. The npm packages come from $MODULES (target/browser) and run as they were published. The exit code is 1 when
// something fails.

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [bridge, portal, sms, control, folder] = process.argv.slice(2);
const modules = resolve(process.env.MODULES ?? "target/browser");
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
const packaged = (path) => ({ path: join(modules, "node_modules", path) });

const PHONE = "+7 900 000-00-00";
const USER_PIN = "12345678";
const ADMINISTRATOR_PIN = "87654321";
let pictures = 0;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
// The mock's pages run no scripts of their own, and forbid others.
const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, locale: "ru-RU", bypassCSP: true });
await context.addInitScript({ content: await fetch(`${bridge}/plugin.js`).then((answer) => answer.text()) });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
page.on("pageerror", (error) => console.log(`error in the page: ${error.message}`));

const link = (name) => page.getByRole("link", { name, exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const field = (label) => page.getByLabel(label, { exact: true });
const call = (path, body) => fetch(control + path, { method: "POST", body: JSON.stringify(body) });

function expect(what, holds) {
  if (!holds) throw new Error(`expected: ${what}`);
  console.log(`ok  ${what}`);
}

async function picture(name) {
  pictures += 1;
  const file = `plugin-${String(pictures).padStart(2, "0")}-${name}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}

async function logIn() {
  await page.goto(portal);
  await link("Личный кабинет").first().click();
  await field("Номер сотового телефона").fill(PHONE);
  await button("Получить код").click();
  await field("Код подтверждения").fill(await newestCode());
  await button("Войти").click();
  await link("Работа с заявкой").click();
  await page.getByRole("main").getByRole("link", { name: "Личный кабинет" }).click();
  await link("722318").click();
}

async function newestCode() {
  await call("/clock/advance", { seconds: 10 });
  const inbox = await fetch(`${sms}/inbox?phone=79000000000`).then((answer) => answer.json());
  return inbox.map((it) => it.text.match(/Код подтверждения: (\d+)/)?.[1]).filter(Boolean).at(-1);
}

/** Runs in the page: what a page of the modules' kind does before anything else. */
async function load() {
  await rutoken.ready;
  if (!(await rutoken.isExtensionInstalled())) throw new Error("no extension");
  if (!(await rutoken.isPluginInstalled())) throw new Error("no plugin");
  window.plugin = await rutoken.loadPlugin();
  return { version: plugin.version, members: Object.keys(plugin).length };
}

/** Puts one of the published modules into the page, and waits until it has found the plugin. */
async function withModule(path) {
  await page.addScriptTag(packaged(path));
  const found = await page.evaluate(load);
  expect(`${path} loads plugin ${found.version}`, found.members > 100);
}

/** Chapter 1: the pair and the request are the token's; the page is filled in by its labels (Рис. 7, 8, 9). */
async function request() {
  await logIn();
  await link("Запросить сертификат").click();
  await withModule("rutoken/rutoken.min.js");
  await picture("request");
  const label = await field("Имя контейнера").inputValue();
  const key = await page.evaluate(makePair, { pin: USER_PIN, label });
  await button("Создать ключевую пару").click();
  await picture("request-pair");
  await withModule("@aktivco/rutoken-plugin/rutoken-plugin.min.js");
  await field("Запрос на сертификат (PEM)").fill(await page.evaluate(makeRequest, key));
  await button("Создать запрос").click();
  await page.getByText("Запрос на сертификат успешно отправлен").waitFor();
  await picture("sent");
  await link("ОК").click();
  await page.addScriptTag(packaged("rutoken/rutoken.min.js"));
  await page.evaluate(load);
  await page.evaluate((key) => plugin.setKeyLabel(0, key, "ЕГАИС_722318"), key);
  return key;
}

/** Runs in the page: the devices, the login, the pair (steps 1.9). */
async function makePair({ pin, label }) {
  const [device] = await plugin.enumerateDevices({ mode: plugin.ENUMERATE_DEVICES_LIST });
  await plugin.login(device, pin);
  const again = await plugin.login(device, pin).catch((error) => Number(error.message));
  if (again !== plugin.errorCodes.ALREADY_LOGGED_IN) throw new Error(`a second login: ${again}`);
  const options = { publicKeyAlgorithm: plugin.PUBLIC_KEY_ALGORITHM_GOST3410_2001, paramset: "A" };
  const key = await plugin.generateKeyPair(device, undefined, "", options);
  await plugin.setKeyLabel(device, key, label);
  return key;
}

/** Runs in the page: the request that its labels describe (step 1.10). */
async function makeRequest(key) {
  const value = (label) => [...document.querySelectorAll("label")].find((it) => it.textContent === label).control.value;
  const list = (label) => value(label).split(/[,;]\s*/).filter(Boolean);
  const subject = [...document.querySelectorAll("label[for^=subject-]")].map((label) => ({
    rdn: label.textContent.match(/\(([\d.]+)\)$/)[1],
    value: label.control.value,
  }));
  const oid = (text) => text.match(/\d+(\.\d+)+/)?.[0] ?? text;
  const extensions = {
    keyUsage: list("Использование ключа"),
    extKeyUsage: list("Расширенное использование ключа").map(oid),
    certificatePolicies: list("Политики сертификата").map(oid),
  };
  const options = {
    subjectSignTool: value("Средство электронной подписи"),
    hashAlgorithm: plugin.HASH_TYPE_GOST3411_94,
  };
  return plugin.createPkcs10(0, key, subject, extensions, options);
}

/** Chapter 2: `ruscryptojs` as published writes the certificate, signs with it and verifies (Рис. 16, 17). */
async function install(key) {
  await call("/clock/advance", { seconds: 3600 });
  await logIn();
  await link("Установить сертификат в контейнер").click();
  await page.addScriptTag(packaged("ruscryptojs/dist/ruscrypto.min.js"));
  const info = await page.evaluate(connect, USER_PIN);
  expect(`ruscryptojs sees ${info.model} ${info.serial}`, /^\d+$/.test(info.serial));
  const certificate = await field("Сертификат (PEM)").inputValue();
  const written = await page.evaluate(write, certificate);
  expect("the certificate has its key", written.info.HasPrivateKey && written.keys.includes(key));
  expect("the algorithm and version read", written.info.Version === "3" && /2001/.test(written.info.Algorithm));
  const proven = await page.evaluate(prove, written.id);
  expect("signatures verify, attached and detached", proven.attached && proven.detached && proven.both);
  expect("a changed document does not", proven.changed === "подпись не верна");
  await foreignRequest();
  await picture("install");
  await button("Загрузить сертификат").click();
  await page.getByText("Сертификат успешно установлен в контейнер").waitFor();
  await picture("installed");
  writeFileSync(join(folder, "certificate.pem"), certificate);
  const chain = await page.request.get(`${portal}/cabinet/applications/722318/chain`);
  writeFileSync(join(folder, "chain.pem"), await chain.body());
}

/** Runs in the page. */
async function connect(pin) {
  window.token = new RusCryptoJS.RuToken();
  const info = await token.init();
  await token.bind(pin);
  return info;
}

/** Runs in the page. */
async function write(pem) {
  const id = await token.writeCertificate(pem.replace(/-+(BEGIN|END)[^-]+-+/g, "").trim());
  const plugin = await window["C3B7563B-BF85-45B7-88FC-7CFF1BD3C2DB"].loadPlugin();
  const { HasPrivateKey, Version, Algorithm } = await token.certificateInfo(id);
  return { id, info: { HasPrivateKey, Version, Algorithm }, keys: await plugin.enumerateKeys(0, "") };
}

/** Runs in the page. */
async function prove(id) {
  const [data, other] = ["документ", "другой"].map((text) => btoa(unescape(encodeURIComponent(text))));
  const attached = await token.signData(data, id, { attached: true });
  const detached = await token.signData(data, id);
  const both = await token.addSign("", attached, id, { attached: true });
  return {
    attached: await token.verifySign("", attached, { attached: true }),
    detached: await token.verifySign(data, detached),
    both: await token.verifySign("", both, { attached: true }),
    changed: await token.verifySign(other, detached).catch((error) => error.message),
  };
}

/** A request and its pair by `ruscryptojs` alone, both thrown away again. */
async function foreignRequest() {
  const made = await page.evaluate(async () => {
    const dn = new RusCryptoJS.DN();
    dn.CN = "ООО «Тестовая организация»";
    dn.INNLE = "3812009997";
    const { csr, keyPairId } = await token.generateCSR(dn, [], { algorithm: "PUBLIC_KEY_ALGORITHM_GOST3410_2001" });
    const plugin = await window["C3B7563B-BF85-45B7-88FC-7CFF1BD3C2DB"].loadPlugin();
    await plugin.deleteKeyPair(0, keyPairId);
    return { csr, keys: await plugin.enumerateKeys(0, "") };
  });
  expect("ruscryptojs makes a request", made.csr.startsWith("MII") && made.keys.length === 1);
}

/** The generation of 2014: the plugin is an element, its methods are given two callbacks. */
async function oldPage() {
  const told = await page.evaluate(async () => {
    const element = document.createElement("object");
    element.type = "application/x-rutoken-pki";
    document.body.append(element);
    await Promise.resolve();
    const ask = (method, ...given) => new Promise((done) => element[method](...given, done, (code) => done({ code })));
    return [element.valid, await ask("enumerateDevices"), await ask("getDeviceLabel", 7)];
  });
  expect("an <object> of 2014 is the plugin", JSON.stringify(told) === '[true,[0],{"code":3}]');
}

/** Приложение 1 on the panel (Рис. 19 to 25): the certificate as administrator, the pair as user. */
async function panel() {
  await page.goto(bridge);
  await page.getByRole("tab", { name: "Сертификаты" }).click();
  await page.getByText("Ключевая пара: ЕГАИС_722318").waitFor();
  await picture("panel");
  await button("Ввести PIN-код...").click();
  await field("Администратор").check();
  await field("PIN-код").fill(ADMINISTRATOR_PIN);
  await picture("panel-pin");
  await button("ОК").click();
  await button("Выйти").waitFor();
  await page.getByRole("radio", { name: /^Сертификат:/ }).check();
  await button("Удалить").click();
  await picture("panel-sure");
  await button("Да").click();
  await page.getByRole("radio", { name: /^Сертификат:/ }).waitFor({ state: "detached" });
  await page.getByRole("radio", { name: /^Ключевая пара:/ }).check();
  await button("Удалить").click();
  await field("PIN-код").fill(USER_PIN);
  await button("ОК").click();
  await page.getByText("На токене нет сертификатов и ключевых пар.").waitFor();
  await picture("panel-empty");
  expect("the panel leaves an empty token", true);
}

/** A page whose origin is not listed gets no plugin. */
async function stranger() {
  await page.route("http://127.0.0.1:9/**", (route) => route.fulfill({ contentType: "text/html", body: "<p>x</p>" }));
  await page.goto("http://127.0.0.1:9/");
  await page.addScriptTag(packaged("rutoken/rutoken.min.js"));
  const found = await page.evaluate(() => rutoken.ready.then(() => rutoken.isPluginInstalled()));
  expect("another origin finds no plugin", found === false);
}

try {
  const key = await request();
  await install(key);
  await oldPage();
  await stranger();
  await panel();
} catch (error) {
  console.log(`failed on ${page.url()}: ${error.message}`);
  await page.screenshot({ path: join(folder, "plugin-stopped.png"), fullPage: true });
  process.exitCode = 1;
} finally {
  await browser.close();
}
