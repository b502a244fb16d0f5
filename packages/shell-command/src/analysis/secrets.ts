const SECRET_PATHS: readonly RegExp[] = [
  /(?:^|\/)\.ssh(?:\/(?!known_hosts|config|.*\.pub$)|$)/,
  /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$/,
  /(?:^|\/)\.env(?:\.(?!example|sample|template|dist)[\w.-]+)?$/,
  /(?:^|\/)\.(?:aws|gnupg|kube|azure|docker)(?:\/|$)/,
  /(?:^|\/)\.config\/(?:gcloud|gh|op|hub)(?:\/|$)/,
  /(?:^|\/)\.(?:netrc|npmrc|pypirc|pgpass|git-credentials|htpasswd|vault-token|bash_history|zsh_history)$/,
  /(?:^|\/)\.codex\/auth\.json$/,
  /(?:^|\/)etc\/(?:shadow|gshadow|sudoers|master\.passwd)/,
  /(?:^|\/)proc\/[^/]+\/environ$/,
  /(?:^|\/)Library\/Keychains(?:\/|$)/,
  /\.(?:pem|p12|pfx|kdbx|keystore)$/,
];

/** Files that hold keys, passwords and tokens. */
export function isSecretPath(path: string): boolean {
  return SECRET_PATHS.some((secret) => secret.test(path));
}

/** Also accepts a path inside an argument: `@~/.ssh/id_rsa`, `file=@.env`, `if=/etc/shadow`. */
export function namesSecret(argument: string): boolean {
  return argument.split(/[@=:,]/).some(isSecretPath);
}
