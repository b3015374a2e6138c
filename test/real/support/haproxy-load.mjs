// Asks a URL so many times a second and counts what fails. A process of its own: the test's event loop is often busy.
// usage: node haproxy-load.mjs <url> <requests per second>; ends at SIGTERM with one line of JSON on stdout.
import { Agent, get } from 'node:http';

const [url, rate] = [process.argv[2], Number(process.argv[3])];
const TIMEOUT = 8000;
const agent = new Agent({ keepAlive: false });
const failures = [];
const versions = {};
const times = [];
let sent = 0;
let open = 0;

function ask() {
  sent += 1;
  open += 1;
  const at = new Date().toISOString();
  const from = performance.now();
  let settled = false;
  const settle = (why, version) => {
    if (settled) return;
    settled = true;
    open -= 1;
    times.push(performance.now() - from);
    if (why !== undefined) failures.push({ at, ms: Math.round(performance.now() - from), why });
    else versions[version] = (versions[version] ?? 0) + 1;
  };
  const request = get(url, { agent, timeout: TIMEOUT }, (answer) => {
    let body = '';
    answer.setEncoding('utf8');
    answer.on('data', (text) => {
      body += text;
    });
    answer.on('end', () => {
      if (answer.statusCode !== 200) settle(`status ${answer.statusCode}`);
      else if (!answer.complete || !body.startsWith('<!doctype html>')) settle('cut short');
      else settle(undefined, answer.headers['x-version']);
    });
    answer.on('error', (error) => settle(`body: ${error.message}`));
  });
  request.on('timeout', () => request.destroy(new Error(`no answer in ${TIMEOUT} ms`)));
  request.on('error', (error) => settle(error.message));
}

// A late timer sends what it owes, so that the rate holds on a busy machine.
const begun = performance.now();
const timer = setInterval(() => {
  const owed = Math.floor(((performance.now() - begun) / 1000) * rate) - sent;
  for (let i = 0; i < Math.min(owed, rate); i++) ask();
}, 10);

process.on('SIGTERM', () => {
  clearInterval(timer);
  const wait = setInterval(() => {
    if (open > 0) return;
    clearInterval(wait);
    times.sort((a, b) => a - b);
    const at = (share) =>
      Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 10) / 10;
    const ms = { p50: at(0.5), p99: at(0.99), max: at(1) };
    process.stdout.write(`${JSON.stringify({ sent, failures, versions, ms })}\n`);
  }, 20);
});
process.stdout.write('ready\n');
