export const HELP = `Serves the JSON-RPC protocol for editors and other programs: one JSON message per line on
stdin and stdout, or one per text frame of a websocket.

Usage: codex app-server [OPTIONS]
       codex app-server generate-ts --out DIR [--experimental]
       codex app-server generate-json-schema --out DIR [--experimental]

Options:
      --listen URL                  Where to serve: stdio:// (default) or ws://IP:PORT (port 0: any free one)
      --ws-auth MODE                How clients of a websocket prove themselves: capability-token, signed-bearer-token
      --ws-token-file FILE          The token that every client sends
      --ws-token-sha256 HEX         Its SHA-256 digest, in place of the file
      --ws-shared-secret-file FILE  The secret that signs JWTs (HS256), at least 32 bytes
      --ws-issuer TEXT              What must be the \`iss\` of a JWT
      --ws-audience TEXT            What must be in the \`aud\` of a JWT
      --ws-max-clock-skew-seconds N How far clocks may be apart (default 30)
  -c, --config KEY=VALUE            Set one configuration value; dotted key, TOML value (repeatable)
      --enable FEATURE              Switch a feature on (repeatable)
      --disable FEATURE             Switch a feature off (repeatable)
  -p, --profile NAME                Use a profile of config.toml
      --analytics-default-enabled   Accepted for compatibility; this build sends no analytics
  -h, --help                        Print this text
  -V, --version                     Print the version

Sub-commands:
  generate-ts           Write the protocol as TypeScript types
  generate-json-schema  Write the protocol as JSON schema
  -o, --out DIR         Folder to write to; made if it does not exist
      --experimental    With the methods and fields that need the experimental capability

Logs go to stderr. RUST_LOG sets the level (default error), LOG_FORMAT=json makes each entry a JSON object.
On stdio the server ends when its stdin does. On a websocket the first SIGINT or SIGTERM waits for running turns,
the second does not.
`;
