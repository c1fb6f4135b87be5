// First in a developer's container: keeps the program running, and begins it again when it is told to (SIGHUP).
// `node -e THIS -- FOLDER WORD…`; run.py says the rest.
const fs = require("fs");
const path = require("path");
const { spawn } = require("child_process");
const [folder, word, ...words] = process.argv.slice(1);
const file = path.join(folder, "run.json");
const signals = require("os").constants.signals;
let generation = 0;
let child = null;
let leaving = false;
let after = null;

fs.mkdirSync(folder, { recursive: true });
try {
  generation = JSON.parse(fs.readFileSync(file, "utf8")).generation;
} catch {}

function tell(more) {
  fs.writeFileSync(file + ".new", JSON.stringify({ ...more, generation }));
  fs.renameSync(file + ".new", file);
}

function send(group, signal) {
  try {
    process.kill(-group, signal);
  } catch {}
}

function begin() {
  generation += 1;
  fs.rmSync(path.join(folder, "due"), { force: true });
  const mine = spawn(word, words, { stdio: "inherit", detached: true });
  child = mine;
  mine.on("error", (error) => {
    console.error(`${word}: ${error.message}`);
    ended(mine, 127);
  });
  mine.on("exit", (code, signal) => ended(mine, signal ? 128 + signals[signal] : code));
  tell({ running: true });
}

function ended(mine, code) {
  if (child !== mine) return;
  child = null;
  if (mine.pid) send(mine.pid, "SIGKILL");
  if (leaving) process.exit(code);
  if (after) {
    const next = after;
    after = null;
    return next();
  }
  if (!fs.existsSync(path.join(folder, "tree.json"))) process.exit(code);
  tell({ running: false, code });
  console.error(`draft: the program has ended with ${code}; it begins again with the next change`);
}

function end(patience) {
  const mine = child;
  send(mine.pid, "SIGTERM");
  setTimeout(() => child === mine && send(mine.pid, "SIGKILL"), patience).unref();
}

process.on("SIGHUP", () => {
  if (leaving) return;
  if (!child) return begin();
  if (!after) end(5000);
  after = begin;
});
for (const each of ["SIGTERM", "SIGINT"])
  process.on(each, () => {
    leaving = true;
    if (!child) process.exit(0);
    end(30000);
  });
// It waits for signals also while there is no program.
setInterval(() => {}, 1 << 30);
begin();
