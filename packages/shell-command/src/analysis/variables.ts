const INFLUENTIAL =
  /^(?:PATH|IFS|ENV|HOME|SHELL|CDPATH|PS\d|FPATH|EDITOR|VISUAL|BROWSER|TMPDIR|OPT\w*|NULLCMD|READNULLCMD|.*(?:_|^)(?:OPTIONS|OPTS|COMMAND|CONFIG\w*|PRELOAD|PATH|HOME|PAGER)|(?:LD|DYLD|GIT|BASH|ZSH|LESS|PYTHON|PERL|RUBY|NODE|GREP|RIPGREP|SSH|XDG|GCONV|MALLOC|HIST|ZDOT)\w*|MANPAGER|PAGER|path|fpath|cdpath|mailpath|module_path|manpath|psvar|watch|prompt)$/;

/** Variables that decide which programs run, or what shells and programs do. */
export function isInfluential(name: string): boolean {
  return INFLUENTIAL.test(name);
}
