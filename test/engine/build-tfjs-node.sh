#!/usr/bin/env bash
#
# Builds the package @tensorflow/tfjs-node where its install script cannot fetch what it wants.
#
# That script downloads libtensorflow and a prebuilt addon from storage.googleapis.com. This one needs neither: it takes
# the TensorFlow libraries and headers from the wheel of the Python package index (the wheel carries the whole C
# interface in libtensorflow_cc.so.2), the Node-API headers from the npm registry, and compiles the addon itself.
# Python only downloads and unpacks; the TensorFlow of Python is never installed or run.
#
#   build.sh TARGET [PYTHON]
#
#   TARGET  the folder that becomes the package, usually PROJECT/node_modules/@tensorflow/tfjs-node; replaced if there.
#   PYTHON  a Python interpreter of 3.8 or later with pip (default: python3). Its version need not fit the wheel.
#
# Needs Linux (glibc), node, npm, a C++17 compiler, and 2 GB of free space while it builds; leaves 0.6 GB (0.9 GB where the
# package gets a tfjs of its own).
#
# Where @tensorflow/tfjs resolves from TARGET, as it does inside a project that depends on it, the package uses that
# copy: the backend then registers on the project's own tfjs-core. Otherwise it gets a copy of its own. Node resolves
# through real paths, so put the package in a project by building or copying it there, not by a symbolic link.
# `npm install` and `npm ci` of the project remove it again, unless the project's package.json names it.
#
# Environment:
#   TFJS_VERSION        version of @tensorflow/tfjs-node (default: 4.22.0)
#   TENSORFLOW_VERSION  version of the wheel (default: 2.15.1; 2.12.1 and 2.18.1 have worked too. tfjs-node 4.22.0
#                       was made for 2.9.1, but the C interface only ever grows)
#   WHEEL_DIR           where to keep the wheel between builds (default: not kept)
#   CXX                 the compiler (default: c++)

set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: $0 TARGET [PYTHON]" >&2
  exit 2
fi
target=$(realpath -m -- "$1")
python=${2:-python3}
cxx=${CXX:-c++}
tfjs_version=${TFJS_VERSION:-4.22.0}
tensorflow_version=${TENSORFLOW_VERSION:-2.15.1}

[ "$(uname -s)" = Linux ] || { echo "$0: only Linux wheels carry the libraries under these names" >&2; exit 1; }
case $(uname -m) in
  x86_64) wheel_package=tensorflow-cpu ;;
  aarch64) wheel_package=tensorflow-cpu-aws ;; # by its description; not yet tried
  *) echo "$0: TensorFlow has no wheel for $(uname -m)" >&2; exit 1 ;;
esac
for tool in node npm tar "$python" "$cxx"; do
  command -v "$tool" >/dev/null || { echo "$0: $tool is not here" >&2; exit 1; }
done

# Beside the target, and not in /tmp: so that the large libraries are moved and not copied.
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$(dirname "$target")/.tfjs-node-build.XXXXXX")
trap 'rm -rf "$work"' EXIT
wheels=${WHEEL_DIR:-$work/wheels}
mkdir -p "$wheels"
say() { echo "== $*"; }

say "package @tensorflow/tfjs-node@$tfjs_version"
# The tarball alone: no install script runs.
(cd "$work" && npm pack --silent --ignore-scripts "@tensorflow/tfjs-node@$tfjs_version" >/dev/null)
tar -xzf "$work"/tensorflow-tfjs-node-*.tgz -C "$work"
package=$work/package

say "wheel $wheel_package==$tensorflow_version"
# The wheel of one fixed Python: the libraries are the same in all of them, and this runs with any interpreter.
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
  --implementation cp --python-version 3.11 --abi cp311 \
  --platform "manylinux_2_17_$(uname -m)" --platform "manylinux2014_$(uname -m)" \
  --dest "$wheels" "$wheel_package==$tensorflow_version"
# Only what the addon needs, which is all of tensorflow/include and the two libraries.
"$python" - "$wheels" "${wheel_package//-/_}-$tensorflow_version-cp311" "$work/wheel" <<'PYTHON'
import pathlib, sys, zipfile

wheels, prefix, target = sys.argv[1:]
[wheel] = pathlib.Path(wheels).glob(prefix + '-*.whl')
with zipfile.ZipFile(wheel) as archive:
    wanted = [
        name for name in archive.namelist()
        if name.startswith('tensorflow/include/')
        or name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
    ]
    archive.extractall(target, wanted)
PYTHON
[ -n "${WHEEL_DIR:-}" ] || rm -rf "$wheels"

# The layout that the package's binding.gyp describes: deps/lib beside lib/napi-v*. The libraries keep the names under
# which they name themselves and each other (SONAME, NEEDED); libtensorflow_cc is the superset of libtensorflow.
mkdir -p "$package/deps/lib"
mv "$work"/wheel/tensorflow/libtensorflow_cc.so.2 "$work"/wheel/tensorflow/libtensorflow_framework.so.2 "$package/deps/lib/"

say "addon"
# Node-API is stable across versions of Node.js, so its headers need not be those of the node that runs here.
npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$work/headers" node-api-headers@1.5.0
# The newest Node-API version that both the package and this node know; the package looks for its addon under it.
napi=$(node -p "Math.max(...require('$package/package.json').binary.napi_versions.filter((v) => v <= process.versions.napi))")
mkdir -p "$package/lib/napi-v$napi"
# Some functions are in both libraries; those of libtensorflow_cc count, so it comes first. Node itself gives napi_*, at
# loading; `now` has the loading fail where any function is missing, and not the first use of it.
# shellcheck disable=SC2086
$cxx ${CXXFLAGS:--O2} -std=c++17 -fPIC -shared -fvisibility=hidden -w \
  -DNAPI_VERSION="$napi" -DNODE_GYP_MODULE_NAME=tfjs_binding -DBUILDING_NODE_EXTENSION \
  -I"$work/headers/node_modules/node-api-headers/include" -I"$work/wheel/tensorflow/include" \
  "$package"/binding/tfjs_backend.cc "$package"/binding/tfjs_binding.cc \
  -L"$package/deps/lib" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 \
  -Wl,-rpath,'$ORIGIN/../../deps/lib' -Wl,-z,now \
  -o "$package/lib/napi-v$napi/tfjs_binding.node"

say "JavaScript dependencies"
# Without its scripts (they would download) and its development dependencies (they would only be in the way).
node - "$package" "$target" <<'NODE'
const [, , folder, target] = process.argv;
const fs = require('node:fs');
const description = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'));
delete description.devDependencies;
delete description.scripts;
delete description.gypfile;
try {
  // Resolved as from the folder beside the package's own, which need not be there yet.
  const found = require.resolve('@tensorflow/tfjs/package.json', { paths: [require('node:path').dirname(target)] });
  const { version } = JSON.parse(fs.readFileSync(found, 'utf8'));
  if (version !== description.dependencies['@tensorflow/tfjs']) throw new Error(`another version: ${version}`);
  delete description.dependencies['@tensorflow/tfjs'];
  description.peerDependencies = { '@tensorflow/tfjs': version };
  console.log(`uses @tensorflow/tfjs@${version} of ${require('node:path').dirname(found)}`);
} catch (error) {
  console.log(`gets its own @tensorflow/tfjs (${error.code ?? error.message})`);
}
fs.writeFileSync(`${folder}/package.json`, `${JSON.stringify(description, undefined, 2)}\n`);
NODE
# An own prefix: a project above the target is neither looked at nor changed. Peers are the project's, not installed.
npm install --silent --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --omit=peer --omit=dev --legacy-peer-deps \
  --prefix "$package"

rm -rf "$target"
mv "$package" "$target"

say "check"
TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-1} node - "$target" <<'NODE'
const tf = require(process.argv[2]);
const { deepStrictEqual: equal } = require('node:assert');
equal(tf.getBackend(), 'tensorflow');
equal([...tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5], [6]])).dataSync()], [17, 39]);
equal(tf.grad((x) => x.square().sum())(tf.tensor1d([3, -2])).arraySync(), [6, -4]);
console.log(`@tensorflow/tfjs-node ${tf.version['tfjs-node'] ?? tf.version_core} runs on TensorFlow ${tf.backend().binding.TF_Version}`);
NODE
say "built $target"
