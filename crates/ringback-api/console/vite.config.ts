import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { licenses } from './licenses.ts';

// Where `npm run dev` passes on what is asked under /v1.
const server = process.env.RINGBACK_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: './',
  plugins: [svelte(), licenses()],
  build: {
    target: 'es2022',
    outDir: process.env.CONSOLE_OUT ?? 'dist',
    emptyOutDir: true,
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
  server: {
    proxy: { '/v1': { target: server, changeOrigin: true } },
  },
  test: { include: ['src/**/*.test.ts'] },
});
