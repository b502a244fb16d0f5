import type { Purpose } from './arguments.ts';

const OPTIONS = `Options:
  -c, --config KEY=VALUE        Set one configuration value for this run; dotted key, TOML value (repeatable)
      --enable FEATURE          Switch a feature on (repeatable)
      --disable FEATURE         Switch a feature off (repeatable)
  -i, --image FILE…             Images that go with the prompt; takes all words up to the next option
  -m, --model NAME              Use this model
      --oss                     Use a model on this machine (Ollama, LM Studio)
      --local-provider NAME     Which of them: ollama or lmstudio
  -p, --profile NAME            Use a profile of config.toml
  -s, --sandbox MODE            read-only, workspace-write or danger-full-access
  -a, --ask-for-approval WHEN   untrusted: ask before everything that does not just look
                                on-request: ask when the model wants more than the sandbox allows
                                on-failure: the same, and when the sandbox stopped a command (out of use)
                                never: never ask; what is not allowed fails
      --full-auto               Short for -a on-request -s workspace-write
      --yolo, --dangerously-bypass-approvals-and-sandbox
                                No questions and no sandbox; only where a machine may be lost
  -C, --cd DIR                  Work in this folder
      --search                  Let the model search the live web
      --add-dir DIR             A further folder that may be written (repeatable)
      --no-alt-screen           Show transcript and lists in the scrollback too, not on a screen of their own
  -h, --help                    Print this text
  -V, --version                 Print the version
`;

const STORED = `      --last                    The session used last, without asking
      --all                     Sessions of all folders, not only of this one
`;

const HEADS: Readonly<Record<Purpose, string>> = {
  new: 'Work with Codex at the terminal\n\nUsage: codex [OPTIONS] [PROMPT]\n\n',
  resume: `Go on with an earlier session

Usage: codex resume [OPTIONS] [SESSION] [PROMPT]

SESSION is the id or the name of a session; without one a list is shown. With --last the first word is the prompt.

`,
  fork: `Go on with a copy of an earlier session, which stays as it is

Usage: codex fork [OPTIONS] [SESSION] [PROMPT]

SESSION is the id or the name of a session; without one a list is shown. With --last the first word is the prompt.

`,
};

export function helpText(purpose: Purpose): string {
  return HEADS[purpose] + (purpose === 'new' ? OPTIONS : OPTIONS.replace('Options:\n', `Options:\n${STORED}`));
}
