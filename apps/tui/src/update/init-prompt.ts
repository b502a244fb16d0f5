/** What /init asks for. */
export const INIT_PROMPT = `Write a file AGENTS.md for contributors, people and agents alike, in the root of this repository. Look around first: manifests, scripts, tests, continuous integration, the newest commits. Then write one page at most, with headings and short lists, about:

- how the folders are laid out, and what belongs where
- the commands to build, run, check and test, exactly as they are typed here
- conventions of style and naming that the code really follows
- how tests are written and run
- how commits and pull requests look
- anything that would surprise somebody new

Write only what you found. When there is an AGENTS.md already, improve it and keep what is right.`;
