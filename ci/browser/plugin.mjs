// Other people's code where the virtual plugin stands in for the real one: npm packages as they were published, on a
// page that is not ours, and a page of 2014.
//
//   node plugin.mjs BRIDGE PAGE CERTIFICATE PINS
//
// BRIDGE is the address of an `enroll bridge` that allows PAGE's origin; its token holds the pair and the certificate
// of the file CERTIFICATE (PEM). PAGE is an address of this machine that nobody serves yet. PINS is a scenario's file
// that names the token's PINs. The npm packages come from $MODULES (target/browser). The exit code is 1 when something fails.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [bridge, address, certificateFile, pinsFile] = process.argv.slice(2);
const modules = resolve(process.env.MODULES ?? "target/browser");
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
const packaged = (path) => ({ path: join(modules, "node_modules", path) });
const [, USER_PIN] = readFileSync(pinsFile, "utf8").match(/pins = \{ user = "(\d+)"/);

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ locale: "ru-RU" });
await context.addInitScript({ content: await fetch(`${bridge}/plugin.js`).then((answer) => answer.text()) });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
page.on("pageerror", (error) => console.log(`error in the page: ${error.message}`));

function expect(what, holds) {
  if (!holds) throw new Error(`expected: ${what}`);
  console.log(`ok  ${what}`);
}

/** Serves a page of somebody else, with nothing on it, at a port of this machine; 0 takes a free one. */
async function serve(port) {
  const server = createServer((request, answer) => answer.setHeader("Content-Type", "text/html").end("<p>x</p>"));
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return server;
}

/** Both modules of the vendor find the plugin. */
async function vendor() {
  for (const path of ["rutoken/rutoken.min.js", "@aktivco/rutoken-plugin/rutoken-plugin.min.js"]) {
    await page.goto(address);
    await page.addScriptTag(packaged(path));
    const found = await page.evaluate(load);
    expect(`${path} loads plugin ${found.version}`, found.members > 100);
  }
}

/** Runs in the page: what a page of the modules' kind does before anything else. */
async function load() {
  await rutoken.ready;
  if (!(await rutoken.isExtensionInstalled())) throw new Error("no extension");
  if (!(await rutoken.isPluginInstalled())) throw new Error("no plugin");
  const plugin = await rutoken.loadPlugin();
  return { version: plugin.version, members: Object.keys(plugin).length };
}

/** `ruscryptojs` writes the certificate anew, signs with it and verifies. */
async function foreign() {
  await page.goto(address);
  await page.addScriptTag(packaged("ruscryptojs/dist/ruscrypto.min.js"));
  const info = await page.evaluate(connect, USER_PIN);
  expect(`ruscryptojs sees ${info.model} ${info.serial}`, /^\d+$/.test(info.serial));
  const written = await page.evaluate(write, readFileSync(certificateFile, "utf8"));
  expect("the certificate has its key", written.info.HasPrivateKey && written.keys.length === 1);
  expect("the algorithm and version read", written.info.Version === "3" && /2001/.test(written.info.Algorithm));
  const proven = await page.evaluate(prove, written.id);
  expect("signatures verify, attached and detached", proven.attached && proven.detached && proven.both);
  expect("a changed document does not", proven.changed === "подпись не верна");
  await foreignRequest();
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
  const plugin = await window["C3B7563B-BF85-45B7-88FC-7CFF1BD3C2DB"].loadPlugin();
  const [old] = await plugin.enumerateCertificates(0, plugin.CERT_CATEGORY_USER);
  await plugin.deleteCertificate(0, old);
  const id = await token.writeCertificate(pem.replace(/-+(BEGIN|END)[^-]+-+/g, "").trim());
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

/** A page whose origin is not listed gets no plugin. */
async function stranger() {
  const server = await serve(0);
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.addScriptTag(packaged("rutoken/rutoken.min.js"));
  const found = await page.evaluate(() => rutoken.ready.then(() => rutoken.isPluginInstalled()));
  expect("another origin finds no plugin", found === false);
  server.close();
  server.closeAllConnections();
}

const server = await serve(new URL(address).port);
try {
  await vendor();
  await foreign();
  await oldPage();
  await stranger();
} catch (error) {
  console.log(`failed on ${page.url()}: ${error.message}`);
  process.exitCode = 1;
} finally {
  server.close();
  server.closeAllConnections();
  await browser.close();
}
