/** What is to be expected after a package was installed, before any host was asked. */
export type AfterInstall = 'reboot' | 'restart' | null;

/** Kernels, and what every process holds on to. @see needs-restarting of dnf-plugins-core, its list for a reboot */
const REBOOT =
  /^(?:linux-(?:image|modules)-|kernel(?:-|$)|linux-firmware$|(?:systemd|udev|glibc|libc6|dbus(?:-broker|-daemon)?|gnutls|openssl-libs)$|(?:intel|amd64)-microcode$)/;
/** Libraries are in use until whatever loaded them starts again. */
const RESTART = /^lib|-libs$/;

export function afterInstall(name: string): AfterInstall {
  if (REBOOT.test(name)) return 'reboot';
  return RESTART.test(name) ? 'restart' : null;
}
