// Before a developer's container: copies what the image has in a folder into the one that can be written.
// `node -e THIS -- FROM TO`.
const fs = require("fs");
const path = require("path");
const [from, to] = process.argv.slice(1);

function copy(source, target) {
  for (const each of fs.readdirSync(source, { withFileTypes: true })) {
    const [one, other] = [path.join(source, each.name), path.join(target, each.name)];
    if (each.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(one), other);
    else if (each.isDirectory()) {
      fs.mkdirSync(other, { recursive: true });
      copy(one, other);
    } else if (each.isFile()) fs.copyFileSync(one, other);
  }
}
copy(from, to);
