/** The grammars of the schemas in words, so that a message says what is asked for instead of showing an expression. */
export const PATTERN_WORDS: Readonly<Record<string, string>> = {
  '^(github|gitea):[1-9]\\d{0,15}$':
    'github:<number> or gitea:<number>, the number that the forge gave the account',
  '^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$': 'a name on the forge: letters, digits, ".", "_" and "-"',
  '^https?://[^\\s/?#@]+(/[^\\s?#]*[^\\s?#/])?$':
    'an address of http or https without credentials, query or slash at the end',
  '^[a-z0-9][a-z0-9._-]{0,62}$':
    'an id: at most 63 lower-case letters, digits, ".", "_" or "-", starting with a letter or digit',
  '^(team|person):[a-z0-9][a-z0-9._-]{0,62}$':
    'team:<id> or person:<id>, the id in lower-case letters, digits, ".", "_" or "-"',
  '^\\d{4}-\\d{2}-\\d{2}$': 'a day written YYYY-MM-DD',
  '^sha256:[0-9a-f]{64}$': 'a digest: "sha256:" and 64 lower-case hexadecimal digits',
  '^[0-9a-f]{64}$': 'a SHA-256: 64 lower-case hexadecimal digits',
  '^[0-9a-f]{40,64}$': 'a commit id: 40 to 64 lower-case hexadecimal digits',
  '^([0-9a-f]{40}|[0-9a-f]{64})$': 'a commit id: 40 or 64 lower-case hexadecimal digits',
  '^[a-z0-9]+:[A-Za-z0-9._-]+:[A-Za-z0-9_]+$':
    'a stream, distribution:release:architecture, such as debian:12:amd64',
  '^[A-Za-z0-9][A-Za-z0-9+._:/-]*\\*?$': 'a name, or the start of one followed by a single "*" at the end',
  '^[a-z][a-z0-9._-]{0,62}$':
    'a label name: at most 63 lower-case letters, digits, ".", "_" or "-", starting with a letter',
  '^[A-Za-z0-9][A-Za-z0-9:._-]{2,80}$': 'an advisory id such as CVE-2024-1234 or DSA-5514-1',
  '^[A-Za-z0-9][A-Za-z0-9+._-]*$':
    'a package name: letters, digits, "+", ".", "_" or "-", starting with a letter or digit',
  '^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$':
    'a repository id: letters, digits, ".", "_", "/" or "-", starting with a letter or digit',
  '^[A-Za-z0-9][A-Za-z0-9._/-]{0,100}$':
    'a branch name: letters, digits, ".", "_", "/" or "-", starting with a letter or digit',
  '^[A-Za-z0-9][A-Za-z0-9._/-]{0,240}$':
    'a branch name: letters, digits, ".", "_", "/" or "-", starting with a letter or digit',
  '^[a-z0-9][a-z0-9._-]*:[A-Za-z0-9._/-]+$':
    'an origin, <origin>:<suite>/<component>, such as debian:bookworm-security/main',
  "^https?://[A-Za-z0-9.\\[\\]:-]+(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$":
    'an address starting with http:// or https://, without credentials, query or fragment',
  '^(\\./|[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*/?)$':
    'a suite such as bookworm-security, or the directory of a flat repository with a slash at its end',
  '^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$': 'a component such as main or updates/main',
  '^[a-z0-9][a-z0-9-]{0,40}$': 'an architecture such as amd64',
  '^[A-Za-z0-9][A-Za-z0-9._:-]{0,100}$':
    'the id of a dnf repository: letters, digits, ".", "_", ":" or "-", starting with a letter or digit',
  '^[^\\r\\n]*$': 'one line, without a line break',
  '^([01]\\d|2[0-3]):[0-5]\\d$': 'a time of day written HH:MM, 00:00 to 23:59',
  '^https?://[^\\s]{1,500}$': 'an http or https URL of at most 500 characters',
  '^https?://[^\\s]{1,2000}$': 'an http or https URL of at most 2000 characters',
  '^[A-Za-z0-9.:-]{1,253}$': 'a host name or address',
  '^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$':
    'a user name: letters, digits, ".", "_", "@" or "-", no leading dash',
  '^/': 'an absolute path, starting with "/"',
  '^/[A-Za-z0-9_./-]{1,200}$': 'an absolute path of letters, digits, "_", ".", "-" and "/"',
  '^[^+\\s]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+$':
    'a verifier key: <name>+<8 hexadecimal digits>+<base64>, as the log prints it',
  '^[0-9]{4}(-[0-9]{2}){0,2}$': 'a year, a month or a day, such as 2024-06',
  '^https://': 'an https URL',
  '^[A-Z0-9][A-Za-z0-9.]{0,20}$': 'a control as its standard numbers it, such as 6.3.3 or A.8.8',
  '^[a-z][a-z-]*/([a-z0-9-]+|\\*)$': 'the id of a rule such as status/missing, or category/*',
};

export const FORMAT_WORDS: Readonly<Record<string, string>> = {
  date: 'a day that exists in the calendar, written YYYY-MM-DD',
  'date-time': 'a moment with its zone, such as 2024-10-24T00:00:00Z',
};
