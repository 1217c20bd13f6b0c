import type { PipelineConfig, PipelinesConfig } from "./schema.js";

/** Types and completes a config that is written in code, of one pipeline or of several; it is checked when it is used. */
export function defineConfig(config: PipelineConfig): PipelineConfig;
export function defineConfig(config: PipelinesConfig): PipelinesConfig;
export function defineConfig<Config>(config: Config): Config {
  return config;
}
