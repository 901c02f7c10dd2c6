// Debian's Chromium, driven through its ChromeDriver by the W3C's WebDriver protocol.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endChild, tiedCommand } from '../../../tools/devnet/node.mjs';
import { temporaryFolder } from './process.mjs';
import { until } from './until.mjs';

const kChromium = '/usr/bin/chromium';
const kDriver = '/usr/bin/chromedriver';
const kStartDeadlineMs = 30_000;
const kRequestTimeoutMs = 30_000;
const kFlags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];
const kEnterKey = '\uE007';
const kElement = 'element-6066-11e4-a52e-4f735466cecf'; // the protocol's name of a reference to one

export const browserIsThere = existsSync(kChromium) && existsSync(kDriver);

/** One window. What is awaited has a deadline; `logs()` is what the page wrote to the console. */
export class Browser {
    static async start(atEnd, { width = 1400, height = 1000 } = {}) {
        const folder = temporaryFolder();
        atEnd(folder.remove);
        const [command, args] = tiedCommand(kDriver, ['--port=0']);
        const driver = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        atEnd(() => endChild(driver));
        let said = '';
        for (const stream of [driver.stdout, driver.stderr]) stream.on('data', (chunk) => (said += chunk));
        const port = await until('the driver listens', () => /started successfully on port (\d+)/.exec(said)?.[1],
            { deadlineMs: kStartDeadlineMs, seen: () => said });
        const browser = new Browser(`http://127.0.0.1:${port}`);
        const options = { binary: kChromium, args: [...kFlags, `--user-data-dir=${join(folder.path, 'profile')}`, `--window-size=${width},${height}`] };
        const { sessionId } = await browser.#ask('POST', '/session', { capabilities: { alwaysMatch: {
            browserName: 'chrome', 'goog:chromeOptions': options, 'goog:loggingPrefs': { browser: 'ALL' } } } });
        browser.session = `/session/${sessionId}`;
        atEnd(() => browser.#ask('DELETE', browser.session)); // with it the browser's processes end
        return browser;
    }

    constructor(url) {
        this.url = url;
        this.session = '';
    }

    async #ask(method, path, body = undefined) {
        const response = await fetch(this.url + path, { method, signal: AbortSignal.timeout(kRequestTimeoutMs),
            ...(method === 'POST' ? { body: JSON.stringify(body ?? {}), headers: { 'content-type': 'application/json' } } : {}) });
        const { value } = await response.json();
        if (response.status !== 200) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
        return value;
    }

    open(url) {
        return this.#ask('POST', `${this.session}/url`, { url });
    }
    /** What a function of ours answers when the page runs it. */
    run(script, ...args) {
        return this.#ask('POST', `${this.session}/execute/sync`, { script: `return (${script})(...arguments)`, args });
    }
    text(selector) {
        return this.run((css) => document.querySelector(css)?.textContent ?? null, selector);
    }
    texts(selector) {
        return this.run((css) => [...document.querySelectorAll(css)].map((element) => element.textContent), selector);
    }
    async #element(selector) {
        return (await this.#ask('POST', `${this.session}/element`, { using: 'css selector', value: selector }))[kElement];
    }
    /** As a person: the element has to be there, be seen, and not be covered. */
    async click(selector) {
        await this.#ask('POST', `${this.session}/element/${await this.#element(selector)}/click`);
    }
    async type(selector, text) {
        const element = await this.#element(selector);
        await this.#ask('POST', `${this.session}/element/${element}/clear`);
        await this.#ask('POST', `${this.session}/element/${element}/value`, { text });
    }
    press(selector, key = kEnterKey) {
        return this.#element(selector).then((element) => this.#ask('POST', `${this.session}/element/${element}/value`, { text: key }));
    }
    /** Until the element's text is wanted; answers the text. */
    untilText(selector, wanted, options = {}) {
        const isWanted = wanted instanceof RegExp ? (text) => wanted.test(text) : (text) => text?.includes(wanted);
        return until(`${selector} says ${wanted}`, async () => {
            const text = await this.text(selector);
            return text !== null && isWanted(text) && text;
        }, { seen: () => this.text(selector), ...options });
    }

    logs() {
        return this.#ask('POST', `${this.session}/se/log`, { type: 'browser' });
    }
    cdp(cmd, params = {}) {
        return this.#ask('POST', `${this.session}/goog/cdp/execute`, { cmd, params });
    }
    resize(width, height) {
        return this.#ask('POST', `${this.session}/window/rect`, { width, height });
    }
    async screenshot() {
        return Buffer.from(await this.#ask('GET', `${this.session}/screenshot`), 'base64');
    }
}
