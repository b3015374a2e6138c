import { RPM_STATUS_QUERY } from '../domain/rpm-status.ts';

/** Begins the facts; what a shell's start-up files wrote before it is skipped. */
export const MARKER = 'PATCHWARDEN-FACTS 1';
/** One line for each package; what `rpm -qa --queryformat` prints. */
export const RPM_FORMAT =
  '%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{MODULARITYLABEL}\\n';

/**
 * What runs on a host: POSIX sh as any user, reading only. A constant; nothing is put into it.
 *
 * Frames: `F <most bytes> <name>`, then the content with a blank before each line, a line end, and `E <exit code>`. The
 * blank is what no content can get rid of, so a file cannot pretend to be another one. `Z <count>` ends the stream;
 * without it the stream was cut off.
 */
export const COLLECT_SCRIPT = String.raw`
# Patchwarden: tells what this host is. Reads only, needs no root, leaves nothing behind.
pw_frame() { # <name> <most bytes> <program…>: its output as a frame
  pw_name=$1 pw_max=$2
  shift 2
  case $pw_name in *[!A-Za-z0-9._/@+%:,~-]*) return 0 ;; esac
  printf 'F %s %s\n' "$pw_max" "$pw_name"
  { pw_code=$( { { "$@" 2>/dev/null; printf %s $? >&3; } | head -c "$pw_max" | sed 's/^/ /' >&4; } 3>&1 ); } 4>&1
  printf '\nE %s\n' "$pw_code"
  pw_count=$((pw_count + 1))
}
pw_file() { # <most bytes> <path…>
  pw_most=$1
  shift
  for pw_path in "$@"; do
    [ -f "$pw_path" ] || continue
    pw_frame "${'$'}{pw_path#/}" "$pw_most" cat "$pw_path"
  done
}
pw_heads() { # <bytes> <path…>: the first bytes only
  pw_most=$1
  shift
  for pw_path in "$@"; do
    [ -f "$pw_path" ] && [ -r "$pw_path" ] || continue
    pw_frame "${'$'}{pw_path#/}" $((pw_most + 1)) head -c "$pw_most" "$pw_path"
  done
}
pw_line() { # <path…>: the first line, by the shell itself, since most of the time goes into starting programs
  for pw_path in "$@"; do
    [ -f "$pw_path" ] && [ -r "$pw_path" ] && IFS= read -r pw_text <"$pw_path" || continue
    printf 'F 65536 %s\n %s\n\nE 0\n' "${'$'}{pw_path#/}" "$pw_text"
    pw_count=$((pw_count + 1))
  done
}
pw_names() { # <fact> <path…>: the plain names of what is there
  printf 'F 1048576 .facts/%s\n' "$1"
  shift
  for pw_path in "$@"; do
    pw_name=${'$'}{pw_path##*/}
    case $pw_name in *[!A-Za-z0-9._@-]* | '') ;; *) printf ' %s\n' "$pw_name" ;; esac
  done
  printf '\nE 0\n'
  pw_count=$((pw_count + 1))
}
pw_have() { command -v "$1" >/dev/null 2>&1; }
pw_tool() { # <fact> <program…>: for at most 10 seconds where the host can say so
  pw_fact=$1
  shift
  pw_have "$1" || return 0
  if pw_have timeout; then pw_frame ".facts/$pw_fact" 1048576 timeout 10 "$@"; else pw_frame ".facts/$pw_fact" 1048576 "$@"; fi
}
pw_free() { # the mount points asked for, then a line for each
  echo "$@"
  df -Pk "$@"
}
pw_facts() {
  pw_count=0
  pw_frame .facts/clock 4096 date +%s
  pw_line /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id /proc/uptime /etc/machine-id /var/lib/dpkg/arch
  if [ -f /etc/os-release ]; then pw_file 65536 /etc/os-release; else pw_file 65536 /usr/lib/os-release; fi
  pw_file 65536 /run/reboot-required /run/reboot-required.pkgs
  set -- / /var
  [ -d /boot ] && set -- "$@" /boot
  pw_frame .facts/df 4096 pw_free "$@"
  pw_names timers /etc/systemd/system/timers.target.wants/*
  pw_names agents /etc/systemd/system/multi-user.target.wants/*amazon-ssm-agent.service
  if [ -d /etc/apt/apt.conf.d ]; then
    pw_frame .facts/unattended 65536 grep -rhs Unattended-Upgrade /etc/apt/apt.conf.d
  fi

  pw_file 67108864 /var/lib/dpkg/status
  pw_file 1048576 /etc/apt/sources.list /etc/apt/sources.list.d/*
  pw_heads 16384 /var/lib/apt/lists/*Release
  pw_file 1048576 /var/lib/ubuntu-advantage/status.json
  [ -f /var/lib/ubuntu-advantage/status.json ] || pw_tool pro pro api u.pro.status.enabled_services.v1

  if pw_have rpm && { [ -d /etc/yum.repos.d ] || [ ! -f /var/lib/dpkg/status ]; }; then
    if rpm --querytags 2>/dev/null | grep -q '^MODULARITYLABEL$'; then
      pw_frame .facts/rpm-qa 67108864 rpm -qa --queryformat '${RPM_FORMAT}'
    else # rpm before 4.14 knows neither module labels nor the query of one
      pw_frame .facts/rpm-qa 67108864 rpm -qa --queryformat '${RPM_FORMAT.replace('%{MODULARITYLABEL}', '(none)')}'
    fi
    pw_frame .facts/rpm-status 67108864 rpm ${RPM_STATUS_QUERY.map((w) => `'${w}'`).join(' ')}
    pw_tool rpm-arch rpm --eval '%{_target_cpu}'
    pw_file 1048576 /etc/dnf/dnf.conf /etc/yum.conf /etc/yum.repos.d/*.repo /etc/dnf/modules.d/*.module
    pw_file 1048576 /etc/dnf/vars/* /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list
    [ -e /etc/pki/consumer/cert.pem ] && pw_tool rhsm echo registered
  fi
  printf 'Z %s\n' "$pw_count"
}
pw_main() {
  LC_ALL=C
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
  export LC_ALL PATH
  if pw_have gzip; then
    printf '\n%s gzip\n' '${MARKER}'
    pw_facts | gzip -1c
  else
    printf '\n%s plain\n' '${MARKER}'
    pw_facts
  fi
}
# Last, so that half a script does nothing; the rest of stdin is not for the programs above.
pw_main </dev/null
`.trimStart();
