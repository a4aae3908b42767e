import { defineConfig } from '@playwright/test';

// Started by tests/console.rs, with a server of its own for each file.
export default defineConfig({
  testDir: 'specs',
  outputDir: 'out/results',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['line']],
  use: {
    baseURL: process.env.RINGBACK_TEST_URL,
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    trace: 'off',
    launchOptions: {
      executablePath: process.env.RINGBACK_TEST_CHROMIUM,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    },
  },
});
