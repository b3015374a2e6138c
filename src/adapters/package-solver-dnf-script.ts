/**
 * The question to dnf, in its own language: reads a request file, prints one JSON object. It resolves only; nothing is
 * downloaded or installed. Every word of the request is data, never code.
 * @see https://dnf.readthedocs.io/en/latest/api.html
 */
export const DNF_SCRIPT = `
import json, os, sys
try:
    import dnf, dnf.exceptions
except ImportError as error:
    print(json.dumps({"kind": "unavailable", "message": str(error)}))
    sys.exit(0)

def main():
    with open(sys.argv[1]) as file:
        request = json.load(file)
    work = request["dir"]
    base = dnf.Base()
    conf = base.conf
    conf.installroot = os.path.join(work, "root")
    conf.config_file_path = os.path.join(work, "none")
    conf.reposdir = [os.path.join(work, "none")]
    conf.varsdir = [os.path.join(work, "none")]
    conf.cachedir = os.path.join(work, "cache")
    conf.logdir = os.path.join(work, "log")
    conf.persistdir = os.path.join(work, "persist")
    conf.plugins = False
    conf.install_weak_deps = False
    conf.clean_requirements_on_remove = False
    conf.obsoletes = False
    conf.best = True
    conf.protected_packages = []
    conf.substitutions["releasever"] = request["release"]
    conf.substitutions["arch"] = request["arch"]
    conf.substitutions["basearch"] = request["arch"]
    conf.ignorearch = True
    repo = dnf.repo.Repo("locked", conf)
    repo.baseurl = ["file://" + os.path.join(work, "source")]
    repo.gpgcheck = False
    repo.repo_gpgcheck = False
    repo.module_hotfixes = True
    base.repos.add(repo)
    base.fill_sack(load_system_repo=True)
    for wanted in request["wanted"]:
        found = base.sack.query().available().filter(**wanted).run()
        if not found:
            return {"kind": "unsolvable", "message": "no origin offers " + wanted["name"] + " " + wanted["version"]}
        base.package_install(found[0], strict=True)
    try:
        base.resolve(allow_erasing=True)
    except dnf.exceptions.DepsolveError as error:
        return {"kind": "unsolvable", "message": " ".join(str(error).split())}
    installs = [
        {"name": p.name, "epoch": p.epoch, "version": p.version, "release": p.release, "arch": p.arch}
        for p in base.transaction.install_set
    ]
    kept = {p["name"] for p in installs}
    removes = sorted({p.name for p in base.transaction.remove_set if p.name not in kept})
    return {"kind": "solved", "installs": installs, "removes": removes}

try:
    answer = main()
except dnf.exceptions.Error as error:
    answer = {"kind": "unavailable", "message": " ".join(str(error).split())}
print(json.dumps(answer))
`;
