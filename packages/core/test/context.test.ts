import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeFiles } from '@codex/apply-patch';
import type { ResponseItem, SandboxPolicy } from '@codex/protocol';
import type { TurnContext } from '@codex/timeline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAgentsMd } from '../src/context/agents-md.ts';
import { type AssembleFacts, contextUpdate, initialContext } from '../src/context/assemble.ts';
import { environmentText, localDate } from '../src/context/environment.ts';
import { permissionsText } from '../src/context/permissions.ts';
import { userMessage } from '../src/context/user-input.ts';

const BASE: TurnContext = {
  cwd: '/work',
  currentDate: '2026-03-16',
  timezone: 'Europe/Berlin',
  approvalPolicy: 'on-request',
  approvalsReviewer: 'user',
  sandboxPolicy: { type: 'dangerFullAccess' },
  model: 'gpt-5.4',
  personality: null,
  collaborationMode: {
    mode: 'default',
    settings: { model: 'gpt-5.4', reasoning_effort: null, developer_instructions: null },
  },
  effort: null,
  summary: 'auto',
  userInstructions: null,
  developerInstructions: null,
  outputSchema: null,
  truncationPolicy: { mode: 'tokens', limit: 10_000 },
};
const FACTS: AssembleFacts = {
  shell: 'bash',
  writableRoots: [],
  approvedPrefixes: null,
  commitTrailer: null,
  apps: null,
  skills: null,
  plugins: null,
  subagents: [],
  network: null,
  modelInstructions: 'INSTRUCTIONS',
  personalityText: (personality) => personality.toUpperCase(),
  personalityBakedIn: false,
};
const mode = (kind: 'plan' | 'default', instructions: string | null): TurnContext['collaborationMode'] => ({
  mode: kind,
  settings: { model: 'gpt-5.4', reasoning_effort: null, developer_instructions: instructions },
});

/** Role and opening tags (or texts) of the parts of each message. */
function outline(items: ResponseItem[]): string[] {
  return items.map((item) => {
    if (item.type !== 'message') return item.type;
    const parts = item.content.map((part) =>
      part.type === 'input_text' ? (/^<[^>]+>/.exec(part.text)?.[0] ?? part.text.split('\n')[0]) : part.type,
    );
    return `${item.role}: ${parts.join(' + ')}`;
  });
}
const partText = (items: ResponseItem[], message: number, part: number): string => {
  const item = items[message];
  const found = item?.type === 'message' ? item.content[part] : undefined;
  return found?.type === 'input_text' ? found.text : '';
};

describe('initialContext (§7.1, §7.2)', () => {
  it('is permissions and environment in the plainest case', () => {
    expect(outline(initialContext(BASE, FACTS))).toEqual([
      'developer: <permissions instructions>',
      'user: <environment_context>',
    ]);
  });

  it('has everything in order', () => {
    const context: TurnContext = {
      ...BASE,
      developerInstructions: 'DEV',
      userInstructions: 'DOC',
      personality: 'friendly',
      collaborationMode: mode('plan', 'PLANNY'),
    };
    const items = initialContext(context, FACTS);
    expect(outline(items)).toEqual([
      'developer: <permissions instructions> + DEV + <collaboration_mode> + <personality_spec>',
      'user: # AGENTS.md instructions for /work + <environment_context>',
    ]);
    expect(partText(items, 0, 2)).toBe('<collaboration_mode>PLANNY</collaboration_mode>');
    expect(partText(items, 0, 3)).toBe('<personality_spec> FRIENDLY </personality_spec>');
    expect(partText(items, 1, 0)).toBe('# AGENTS.md instructions for /work\n\n<INSTRUCTIONS>\nDOC\n</INSTRUCTIONS>');
    expect(outline(initialContext(context, { ...FACTS, personalityBakedIn: true }))[0]).not.toContain('personality');
  });
});

describe('contextUpdate (§7.6)', () => {
  it.each<[string, Partial<TurnContext>, string[]]>([
    ['nothing', {}, []],
    ['effort, summary, schema', { effort: 'high', summary: 'none', outputSchema: {} }, []],
    ['instructions of files', { userInstructions: 'x', developerInstructions: 'y' }, []],
    ['model', { model: 'gpt-5.2' }, ['developer: <model_switch>']],
    ['approval policy', { approvalPolicy: 'never' }, ['developer: <permissions instructions>']],
    [
      'sandbox',
      { sandboxPolicy: { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false } },
      ['developer: <permissions instructions>'],
    ],
    ['mode with instructions', { collaborationMode: mode('plan', 'P') }, ['developer: <collaboration_mode>']],
    ['mode without', { collaborationMode: mode('plan', null) }, []],
    ['mode with empty ones', { collaborationMode: mode('plan', '') }, []],
    ['personality', { personality: 'pragmatic' }, ['developer: <personality_spec>']],
    ['cwd', { cwd: '/else' }, ['user: <environment_context>']],
    ['date', { currentDate: '2026-03-17' }, ['user: <environment_context>']],
    ['time zone', { timezone: 'UTC' }, ['user: <environment_context>']],
    [
      'model, sandbox and cwd',
      { model: 'x', cwd: '/else', approvalPolicy: 'never' },
      ['developer: <model_switch> + <permissions instructions>', 'user: <environment_context>'],
    ],
    [
      'model, mode and personality: the new instructions carry the personality',
      { model: 'x', collaborationMode: mode('plan', 'PLANNY'), personality: 'friendly' },
      ['developer: <model_switch> + <collaboration_mode>'],
    ],
  ])('%s', (_, change, expected) => {
    expect(outline(contextUpdate(BASE, { ...BASE, ...change }, FACTS))).toEqual(expected);
  });

  it('names the folder only when it changed, and hands a new model its instructions', () => {
    const later = contextUpdate(BASE, { ...BASE, currentDate: '2026-03-17' }, FACTS);
    expect(partText(later, 0, 0)).not.toContain('<cwd>');
    expect(partText(contextUpdate(BASE, { ...BASE, cwd: '/else' }, FACTS), 0, 0)).toContain('<cwd>/else</cwd>');
    const text = partText(contextUpdate(BASE, { ...BASE, model: 'x' }, FACTS), 0, 0);
    expect(text).toMatch(/^<model_switch>\n[\s\S]*INSTRUCTIONS\n<\/model_switch>$/);
  });
});

describe('environmentText (§7.5)', () => {
  it('has its elements in order', () => {
    const facts = { cwd: '/w', shell: 'zsh', currentDate: '2026-01-02', timezone: 'UTC' };
    expect(environmentText(facts)).toBe(
      '<environment_context>\n  <cwd>/w</cwd>\n  <shell>zsh</shell>\n  <current_date>2026-01-02</current_date>\n  <timezone>UTC</timezone>\n</environment_context>',
    );
    expect(environmentText({ ...facts, cwd: null })).toMatch(/^<environment_context>\n {2}<shell>/);
    expect(environmentText({ ...facts, subagents: [{ id: 'a', nickname: 'Oak' }] })).toContain(
      '  <subagents>\n    - a: Oak\n  </subagents>\n</environment_context>',
    );
  });

  it('dates are local', () => {
    expect(localDate(new Date(2026, 0, 5, 23, 59).getTime())).toBe('2026-01-05');
  });
});

describe('permissionsText (§7.3)', () => {
  const facts = { writableRoots: [], approvedPrefixes: null };
  const full = { type: 'fullAccess' } as const;
  const workspace: SandboxPolicy = {
    type: 'workspaceWrite',
    writableRoots: [],
    readOnlyAccess: full,
    networkAccess: true,
    excludeTmpdirEnvVar: false,
    excludeSlashTmp: false,
  };

  it('names mode, network and policy as they are written in config.toml', () => {
    const readOnly = permissionsText({
      ...facts,
      approvalPolicy: 'never',
      sandboxPolicy: { type: 'readOnly', access: full, networkAccess: false },
    });
    expect(readOnly).toMatch(/^<permissions instructions>\n[\s\S]*\n<\/permissions instructions>$/);
    expect(readOnly).toContain('`sandbox_mode` is `read-only`');
    expect(readOnly).toContain('Network access is restricted.');
    expect(readOnly).toContain('`never`');
    const writing = permissionsText({
      ...facts,
      approvalPolicy: 'on-request',
      sandboxPolicy: workspace,
      writableRoots: ['/a', '/b'],
    });
    expect(writing).toContain('`sandbox_mode` is `workspace-write`');
    expect(writing).toContain('Network access is enabled. The writable roots are `/a`, `/b`.');
    expect(writing).toContain('`require_escalated`');
  });

  it('tells of a granular policy what is asked and what is refused', () => {
    const granular = { sandbox_approval: false, rules: true, skill_approval: false, request_permissions: false };
    const text = permissionsText({
      ...facts,
      approvalPolicy: { granular: { ...granular, mcp_elicitations: true } },
      sandboxPolicy: { type: 'dangerFullAccess' },
    });
    expect(text).toContain('`granular`');
    expect(text).not.toContain('`require_escalated`');
  });

  it('lists approved prefixes', () => {
    const text = (approvedPrefixes: string | null) =>
      permissionsText({ ...facts, approvedPrefixes, approvalPolicy: 'never', sandboxPolicy: workspace });
    expect(text('- ["ls"]\n- ["npm", "test"]')).toContain(
      'without asking:\n- ["ls"]\n- ["npm", "test"]\n</permissions',
    );
    expect(text(null)).not.toContain('prefixes');
  });
});

describe('AGENTS.md (§7.4, §7.9)', () => {
  async function tree(files: Record<string, string>, options: Partial<Parameters<typeof readAgentsMd>[0]> = {}) {
    const root = await mkdtemp(path.join(tmpdir(), 'codex-agents-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    await mkdir(path.join(root, 'repo/sub'), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(root, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const read = (more = {}) =>
      readAgentsMd({
        ...{ files: nodeFiles(), home: path.join(root, 'home'), cwd: path.join(root, 'repo/sub') },
        ...{ rootMarkers: ['.root'], fallbackNames: [], maxBytes: 32_768, nested: false, ...options, ...more },
      });
    return { root, read };
  }
  const ROOT = { 'repo/.root/HEAD': 'x' };

  it.each<[string, Record<string, string>, string | null, object?]>([
    ['nothing there', ROOT, null],
    [
      'global, root, and the override of the folder',
      {
        ...ROOT,
        'home/AGENTS.md': 'GLOBAL',
        'repo/AGENTS.md': 'ROOTDOC',
        'repo/sub/AGENTS.md': 'SUBDOC',
        'repo/sub/AGENTS.override.md': 'OVR',
      },
      'GLOBAL\n\n--- project-doc ---\n\nROOTDOC\n\nOVR',
    ],
    [
      'a word about nested files, if wanted',
      ROOT,
      expect.stringMatching(/^AGENTS\.md files may lie/),
      { nested: true },
    ],
    [
      'the same after others',
      { 'home/AGENTS.md': 'G' },
      expect.stringMatching(/^G\n\nAGENTS\.md files/),
      { nested: true },
    ],
    ['only global, trimmed', { 'home/AGENTS.md': '\n GLOBAL \n' }, 'GLOBAL'],
    ['an empty global override does not count', { 'home/AGENTS.override.md': ' ', 'home/AGENTS.md': 'G' }, 'G'],
    [
      'project documents are not trimmed',
      { ...ROOT, 'repo/AGENTS.md': 'A\n', 'repo/sub/AGENTS.md': 'B\n' },
      'A\n\n\nB\n',
    ],
    ['empty project documents are skipped', { ...ROOT, 'repo/AGENTS.md': '\n', 'repo/sub/AGENTS.md': 'B' }, 'B'],
    ['without a root only the folder itself', { 'repo/AGENTS.md': 'A', 'repo/sub/AGENTS.md': 'B' }, 'B'],
    [
      'without markers likewise',
      { ...ROOT, 'repo/AGENTS.md': 'A', 'repo/sub/AGENTS.md': 'B' },
      'B',
      { rootMarkers: [] },
    ],
    ['nothing above the root', { ...ROOT, 'AGENTS.md': 'ABOVE', 'repo/AGENTS.md': 'A' }, 'A'],
    ['a marker may be a file', { 'repo/.root': 'gitdir: x', 'repo/AGENTS.md': 'A' }, 'A'],
    ['other markers', { 'repo/pom.xml': '', 'repo/AGENTS.md': 'A' }, 'A', { rootMarkers: ['x', 'pom.xml'] }],
    ['cut at the budget', { ...ROOT, 'repo/AGENTS.md': 'ABCDEF', 'repo/sub/AGENTS.md': 'B' }, 'ABCD', { maxBytes: 4 }],
    [
      'what is left goes to the next',
      { ...ROOT, 'repo/AGENTS.md': 'ABC', 'repo/sub/AGENTS.md': 'DEF' },
      'ABC\n\nD',
      { maxBytes: 4 },
    ],
    ['switched off', { ...ROOT, 'home/AGENTS.md': 'G', 'repo/AGENTS.md': 'A' }, 'G', { maxBytes: 0 }],
    [
      'other names come last',
      { ...ROOT, 'repo/CLAUDE.md': 'C', 'repo/sub/X.md': 'X', 'repo/sub/AGENTS.md': 'B' },
      'C\n\nB',
      { fallbackNames: ['X.md', 'CLAUDE.md'] },
    ],
  ])('%s', async (_, files, expected, options = {}) => {
    const { read } = await tree(files, options);
    expect(await read()).toEqual(expected);
  });

  it('follows links to files and passes over folders of that name', async () => {
    const { root, read } = await tree({
      ...ROOT,
      'notes.md': 'LINKED',
      'repo/AGENTS.override.md/x': '',
      'repo/AGENTS.md': 'A',
    });
    await symlink(path.join(root, 'notes.md'), path.join(root, 'repo/sub/AGENTS.md'));
    expect(await read()).toBe('A\n\nLINKED');
  });

  it('does not end in half a character at the budget', async () => {
    const { read } = await tree({ ...ROOT, 'repo/AGENTS.md': 'aé€' }, { maxBytes: 4 });
    expect(await read()).not.toContain('\ufffd');
  });
});

describe('userMessage (§7.7)', () => {
  it('gives each kind of input its parts', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'codex-input-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const png = path.join(root, 'a.png');
    const txt = path.join(root, 'b.txt');
    await writeFile(png, Buffer.from('89504e470d0a1a0a', 'hex'));
    await writeFile(txt, 'plain');
    const message = await userMessage(
      [
        { type: 'text', text: 'look', text_elements: [] },
        { type: 'image', url: 'https://x/y.png' },
        { type: 'localImage', path: png },
        { type: 'skill', name: 's', path: '/s' },
        { type: 'mention', name: 'm', path: '/m' },
        { type: 'localImage', path: txt },
        { type: 'localImage', path: path.join(root, 'none.png') },
        { type: 'localImage', path: root },
      ],
      nodeFiles(),
    );
    const input_text = (text: unknown) => ({ type: 'input_text', text });
    expect(message).toEqual({
      type: 'message',
      role: 'user',
      content: [
        input_text('look'),
        input_text('<image>'),
        { type: 'input_image', image_url: 'https://x/y.png' },
        input_text('</image>'),
        input_text('<image name=[Image #2]>'),
        { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
        input_text('</image>'),
        input_text(`Codex could not read the local image at \`${txt}\`: unsupported MIME type \`text/plain\``),
        input_text(
          expect.stringMatching(/none\.png`: failed to read image at .*: No such file or directory \(os error 2\)$/),
        ),
        input_text(expect.stringMatching(/Is a directory \(os error 21\)$/)),
      ],
    });
  });
});
