import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    // The compiler knows which names there are.
    rules: { 'no-undef': 'off', 'svelte/no-at-html-tags': 'error', 'max-lines': ['error', 250] },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    rules: {
      // Addresses are hashes: no router of SvelteKit resolves them.
      'svelte/no-navigation-without-resolve': 'off',
      // Maps are plain on purpose: rows are replaced as one.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
);
