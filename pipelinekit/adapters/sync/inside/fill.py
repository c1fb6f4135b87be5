"""Before a developer's container: copies what the image has in a folder into the one that can be written.

`python -c THIS FROM TO`.
"""

import os
import shutil
import sys

FROM, TO = sys.argv[1:3]
for folder, folders, files in os.walk(FROM):
    into = os.path.normpath(os.path.join(TO, os.path.relpath(folder, FROM)))
    for name in folders + files:
        source, target = os.path.join(folder, name), os.path.join(into, name)
        if os.path.islink(source):
            os.symlink(os.readlink(source), target)
        elif os.path.isdir(source):
            os.makedirs(target, exist_ok=True)
        elif os.path.isfile(source):
            shutil.copy2(source, target)
