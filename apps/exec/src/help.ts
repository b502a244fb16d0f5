export const HELP = `Runs one prompt without a terminal: the answer on stdout, the course of events on stderr.

Usage: codex exec [OPTIONS] [PROMPT]
       codex exec [OPTIONS] resume SESSION [PROMPT]
       codex exec [OPTIONS] resume --last [PROMPT]
       codex exec [OPTIONS] review (--uncommitted | --base BRANCH | --commit SHA [--title TITLE] | PROMPT)

Without PROMPT, or with '-', the prompt is read from stdin to its end.

Options:
  -c, --config KEY=VALUE         Set one configuration value; dotted key, TOML value (repeatable)
      --enable FEATURE           Switch a feature on (repeatable)
      --disable FEATURE          Switch a feature off (repeatable)
  -p, --profile NAME             Use a profile of config.toml
  -m, --model NAME               Use this model
      --oss                      Use a model on this machine
      --local-provider NAME      Which: ollama or lmstudio
  -i, --image FILE...            Attach images; put '--' before a prompt that follows
  -C, --cd DIR                   Work in this folder
      --add-dir DIR              One more folder that may be written to (repeatable)
      --skip-git-repo-check      Run outside a git repository too
  -s, --sandbox MODE             read-only, workspace-write or danger-full-access
      --full-auto                Same as --sandbox workspace-write
      --dangerously-bypass-approvals-and-sandbox
                                 Run commands without a sandbox; lifts the git check
      --ephemeral                Keep no session file
      --output-schema FILE       JSON schema that the last message must follow
  -o, --output-last-message FILE Write the last message to this file
      --json                     Print events to stdout, one JSON object per line
      --color WHEN               always, never or auto
      --ignore-user-config       Leave config.toml of the Codex home out; the login stays
      --ignore-rules             Leave rules about commands out, except an administrator's
      --timeout SECONDS          Interrupt the run when it takes longer
  -h, --help                     Print this text
  -V, --version                  Print the version

With resume:
      --last                     The newest session of this folder
      --all                      ... of any folder

With review, what to look at:
      --uncommitted              What is staged, changed or new
      --base BRANCH              What changed since the branch was left
      --commit SHA               One commit; --title TITLE is what it is called
Or PROMPT ('-' for stdin) says it. The options of the run stand before 'review', some may also follow it.

Nobody is asked anything: what would need an approval is refused, and the turn goes on.
Exit codes: 0 the turn completed, 1 it failed or could not begin, 2 the command line or the login needs your attention,
5 commands could not run for lack of a sandbox, 124 the time limit is over, 130 interrupted, 143 terminated.
`;

export const THREE_WAYS = `No login: the model provider 'openai' needs a login or a key, and there is none.

Three ways to go on:
  1. Sign in with 'codex login', which keeps the login in auth.json of the Codex home; or give a key: OPENAI_API_KEY, or
     CODEX_API_KEY for one run.
  2. Another provider: name one in config.toml (model_provider, [model_providers.NAME] with base_url), or use a model
     on this machine with --oss.
  3. Just look: 'codex demo' shows a whole run and needs neither key nor network.
`;
