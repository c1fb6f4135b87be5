// In a developer's container: takes batches of files from standard input, and answers what the folder holds.
// `node -e THIS -- ROOT FOLDER`; receive.py says the rest, word for word.
const fs = require("fs");
const net = require("net");
const path = require("path");
const crypto = require("crypto");
const [ROOT, FOLDER] = process.argv.slice(1);
const STATE = path.join(FOLDER, "tree.json");
const DUE = path.join(FOLDER, "due");
const STAGE = path.join(ROOT, `.draft-sync-tmp-${process.pid}`);
const PIECE = 1 << 20;
const NOTHING = ["-", "-", ""];
// Not the clock, which may jump: milliseconds since the beginning.
const passed = () => process.uptime() * 1000;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function place(name) {
  const parts = name.split("/");
  if (!name || parts.some((each) => ["", ".", ".."].includes(each))) throw new Error(`no path inside: ${name}`);
  return path.join(ROOT, name);
}

function stat(full) {
  return fs.lstatSync(full, { throwIfNoEntry: false });
}

function look(name) {
  place(name);
  let full = ROOT;
  let there = null;
  for (const part of name.split("/")) {
    if (there && !there.isDirectory()) return null;
    full = path.join(full, part);
    there = stat(full);
    if (!there) return null;
  }
  return there;
}

function entry(name) {
  const full = place(name);
  const hash = crypto.createHash("sha256");
  try {
    const there = look(name);
    if (!there) return null;
    if (there.isSymbolicLink())
      return ["l", "-", hash.update(fs.readlinkSync(full, { encoding: "buffer" })).digest("hex")];
    if (there.isDirectory()) return ["d", "-", ""];
    if (!there.isFile()) return null;
    const handle = fs.openSync(full, "r");
    const piece = Buffer.alloc(Math.min(PIECE, there.size || 1));
    try {
      for (let count; (count = fs.readSync(handle, piece)); ) hash.update(piece.subarray(0, count));
    } finally {
      fs.closeSync(handle);
    }
    return ["f", there.mode & 0o100 ? "x" : "-", hash.digest("hex")];
  } catch {
    return null;
  }
}

function digest(tree) {
  const hash = crypto.createHash("sha256");
  const names = [...tree.keys()].map((each) => [Buffer.from(each), each]);
  names.sort((one, other) => Buffer.compare(one[0], other[0]));
  for (const [, name] of names) {
    const [kind, mode, what] = tree.get(name) || NOTHING;
    hash.update(`${kind}${mode} ${what} ${name}\n`);
  }
  return hash.digest("hex");
}

function remembered() {
  try {
    return new Map(Object.entries(JSON.parse(fs.readFileSync(STATE, "utf8"))));
  } catch {
    return null;
  }
}

function keep(tree) {
  fs.writeFileSync(STATE + ".new", JSON.stringify(Object.fromEntries(tree)));
  fs.renameSync(STATE + ".new", STATE);
}

function makeFolders(name) {
  let full = ROOT;
  for (const part of name.split("/")) {
    full = path.join(full, part);
    const there = stat(full);
    if (there && !there.isDirectory()) fs.unlinkSync(full);
    if (!there || !there.isDirectory()) fs.mkdirSync(full);
  }
}

function put([name, kind, mode, what], staged) {
  const full = place(name);
  const above = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "";
  if (above) makeFolders(above);
  if (kind === "d") return makeFolders(name);
  const there = stat(full);
  if (there && there.isDirectory()) fs.rmSync(full, { recursive: true });
  if (kind === "l") fs.symlinkSync(what, staged);
  else fs.chmodSync(staged, mode === "x" ? 0o755 : 0o644);
  fs.renameSync(staged, full);
}

let rest = Buffer.alloc(0);

function read(size) {
  if (!rest.length) {
    const piece = Buffer.alloc(PIECE);
    for (;;) {
      try {
        rest = piece.subarray(0, fs.readSync(0, piece));
        break;
      } catch (error) {
        if (error.code === "EOF") break;
        if (error.code !== "EAGAIN") throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  }
  const found = rest.subarray(0, size);
  rest = rest.subarray(found.length);
  return found;
}

function line() {
  const parts = [];
  for (;;) {
    const piece = read(PIECE);
    if (!piece.length) return null;
    const at = piece.indexOf(10);
    parts.push(at < 0 ? piece : piece.subarray(0, at));
    if (at >= 0) {
      rest = Buffer.concat([piece.subarray(at + 1), rest]);
      return Buffer.concat(parts).toString();
    }
  }
}

function take(size, to) {
  let failed = "";
  let handle = null;
  const keep = (act) => {
    try {
      if (!failed) act();
    } catch (error) {
      failed = error.message;
    }
  };
  keep(() => (handle = fs.openSync(to, "w")));
  while (size) {
    const piece = read(Math.min(size, PIECE));
    if (!piece.length) throw new Error("the batch has ended in the middle");
    // It may take a part of it.
    keep(() => {
      for (let at = 0; at < piece.length; ) at += fs.writeSync(handle, piece, at);
    });
    size -= piece.length;
  }
  if (handle !== null) fs.closeSync(handle);
  return failed;
}

function skip(size) {
  while (size) size -= read(Math.min(size, PIECE)).length || size;
}

function clearStages() {
  for (const each of fs.readdirSync(ROOT)) {
    if (!each.startsWith(".draft-sync-tmp-")) continue;
    try {
      // What has this process's own number was left by another one, before the container began again.
      if (each === path.basename(STAGE)) throw new Error("left");
      process.kill(Number(each.slice(each.lastIndexOf("-") + 1)), 0);
    } catch {
      fs.rmSync(path.join(ROOT, each), { recursive: true, force: true });
    }
  }
}

function applied(batch) {
  const tree = batch.tree ? new Map(Object.entries(batch.tree)) : remembered();
  if (!tree || (!batch.tree && digest(tree) !== batch.base)) {
    skip(batch.put.reduce((sum, [, kind, , what]) => sum + (kind === "f" ? what : 0), 0));
    return { lost: true };
  }
  clearStages();
  fs.mkdirSync(STAGE);
  try {
    const taken = batch.put.map(([, kind, , what], number) =>
      kind === "f" ? take(what, path.join(STAGE, String(number))) : "",
    );
    const failed = taken.find((each) => each);
    if (failed) return { failed };
    // While it is being changed it is nobody's tree: killed here, the next batch is a whole one.
    const names = [...tree.keys(), ...(remembered() || new Map()).keys(), ...batch.put.map((each) => each[0])];
    keep(new Map(names.map((each) => [each, null])));
    // Until the program has begun again it runs what was there before.
    if (batch.again) fs.writeFileSync(DUE, "");
    for (const name of [...batch.gone].sort().reverse()) {
      tree.delete(name);
      if (look(name)) fs.rmSync(place(name), { recursive: true, force: true });
    }
    batch.put.forEach((each, number) => put(each, path.join(STAGE, String(number))));
  } finally {
    fs.rmSync(STAGE, { recursive: true, force: true });
  }
  if (!batch.tree) for (const [name] of batch.put) tree.set(name, null);
  const found = new Map([...tree.keys()].map((name) => [name, entry(name)]));
  keep(found);
  return { digest: digest(found) };
}

function compared(tree) {
  const known = remembered();
  const differs = (name, each) => JSON.stringify(entry(name)) !== JSON.stringify(each);
  return {
    due: fs.existsSync(DUE),
    known: known !== null,
    lacking: Object.entries(tree).filter(([name, each]) => differs(name, each)).map(([name]) => name),
    extra: [...(known || new Map()).keys()].filter((name) => !Object.hasOwn(tree, name) && look(name)).sort(),
  };
}

function standing() {
  try {
    return JSON.parse(fs.readFileSync(path.join(FOLDER, "run.json"), "utf8"));
  } catch {
    return { generation: 0, running: false };
  }
}

function answers(port) {
  return new Promise((done) => {
    const socket = net.connect({ host: "127.0.0.1", port, timeout: 500 });
    const told = (found) => {
      socket.destroy();
      done(found);
    };
    socket.on("connect", () => told(true)).on("error", () => told(false)).on("timeout", () => told(false));
  });
}

async function begunAgain(port, patience) {
  const before = standing().generation;
  const until = passed() + patience * 1000;
  process.kill(1, "SIGHUP");
  let since = 0;
  while (passed() < until) {
    const now = standing();
    if (now.generation > before) {
      since = since || passed();
      if (!now.running) return { state: "ended", code: now.code || 0 };
      if (port ? await answers(port) : passed() > since + 500) return { state: "running" };
    }
    await sleep(30);
  }
  return { state: "silent" };
}

(async () => {
  fs.mkdirSync(FOLDER, { recursive: true });
  for (let text; (text = line()) !== null; ) {
    const request = JSON.parse(text);
    const answer = request.ask ? compared(request.tree) : applied(request);
    if ("digest" in answer && request.again) Object.assign(answer, await begunAgain(request.port, request.patience));
    // Into a pipe it is written before this returns: the next batch is waited for without a turn of the loop.
    console.log(JSON.stringify(answer));
  }
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
