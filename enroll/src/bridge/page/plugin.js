// Stands in for the Rutoken Plugin: the page's calls go to the bridge, a virtual token answers them.
//
// Put into a page before its own scripts. Defines the object that the npm modules `rutoken` and
// `@aktivco/rutoken-plugin` look for, and makes <object type="application/x-rutoken-pki"> the plugin of older pages.
(() => {
  "use strict";
  const BRIDGE = /*bridge*/ null;
  const { base, version, methods, constants, errorCodes } = BRIDGE;
  const NAMES = ["C3B7563B-BF85-45B7-88FC-7CFF1BD3C2DB", "ohedcglhbbfdgaogjhcclacoccbagkjg"];
  const OLD_TYPE = "application/x-rutoken-pki";
  if (window[NAMES[0]]?.virtual || window.location.origin === base) return;

  // Headless builds may lack it, and pages then take the branch of browsers without extensions.
  window.chrome ??= {};

  const post = async (path, body, headers) => {
    const answer = await fetch(base + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  let opened;
  const session = () => (opened ??= post("/session", {}).then((answer) => answer.session));

  /** Rejects with an Error whose message is the plugin's number. */
  const call = async (method, given) => {
    const list = [...given].map((argument) => argument ?? null);
    const answer = await session()
      .then((key) => post("/call", { method, arguments: list }, { "X-Bridge-Session": key }))
      .catch(() => ({ error: errorCodes.UNKNOWN_ERROR }));
    if ("error" in answer) throw new Error(String(answer.error));
    return answer.result ?? undefined;
  };

  /** Own enumerable members, plain functions, nothing null: what the modules copy and wrap. */
  const plugin = () => {
    const made = { version, valid: true, errorCodes: { ...errorCodes }, ...constants };
    for (const name of methods) {
      made[name] = function () {
        return call(name, arguments);
      };
    }
    return made;
  };

  const extension = () => {
    const made = {
      async initialize() {
        delete made.initialize;
        const reached = await session().then(() => true, () => false);
        made.isPluginInstalled = async () => reached;
        if (reached) made.loadPlugin = async () => plugin();
      },
    };
    Object.defineProperty(made, "virtual", { value: true });
    return made;
  };
  const one = extension();
  for (const name of NAMES) Object.defineProperty(window, name, { value: one });

  /** The generation of 2014: the last two arguments are what to call with the result, or with the error's number. */
  const adopt = (element) => {
    if (element.type !== OLD_TYPE || "valid" in element) return;
    Object.assign(element, constants, { version, valid: true, errorCodes: { ...errorCodes } });
    for (const name of methods) {
      element[name] = function () {
        const given = [...arguments];
        const [done, failed] = given.splice(-2);
        call(name, given).then(done, (error) => failed(Number(error.message)));
      };
    }
    const onload = element.querySelector("param[name=onload]")?.getAttribute("value");
    if (onload) setTimeout(() => window[onload]?.(element));
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.matches("object")) adopt(node);
        node.querySelectorAll("object").forEach(adopt);
      }
    }
  }).observe(document, { childList: true, subtree: true });
  const types = navigator.mimeTypes;
  Object.defineProperty(navigator, "mimeTypes", {
    get: () => new Proxy(types, {
      get(all, name) {
        if (name === OLD_TYPE) return { type: OLD_TYPE, suffixes: "", description: "Virtual Rutoken Plugin" };
        const value = Reflect.get(all, name, all);
        return typeof value === "function" ? value.bind(all) : value;
      },
    }),
  });

  const sign = () => {
    const place = document.createElement("div");
    place.id = "virtual-rutoken";
    const inside = place.attachShadow({ mode: "open" });
    const text = document.createElement("p");
    text.setAttribute("role", "status");
    text.textContent = "Виртуальный Рутокен: плагин для проверок, не программа производителя";
    text.style.cssText = "position:fixed;left:0;bottom:0;margin:0;padding:4px 12px;background:#5c3c00;color:#fff;"
      + "font:bold 13px Arial,sans-serif;z-index:2147483647;pointer-events:none";
    inside.append(text);
    document.body.append(place);
  };
  if (window === window.top) {
    if (document.body) sign();
    else document.addEventListener("DOMContentLoaded", sign);
  }
})();
