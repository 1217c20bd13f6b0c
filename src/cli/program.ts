import { Command } from "commander";
import { version } from "../version.js";
import type { DrainFlags } from "./commands/drain.js";
import type { KeygenFlags } from "./commands/keygen.js";
import type { MigrateFlags } from "./commands/migrate.js";
import type { PeekFlags } from "./commands/peek.js";
import type { RejectsFlags } from "./commands/rejects.js";
import type { ReplayFlags } from "./commands/replay.js";
import type { CommonFlags, Context, Command as Run } from "./context.js";
import { addOutputFlags, addSettingFlags } from "./flags/common.js";
import { addDrainFlags } from "./flags/drain.js";
import { addKeygenFlags } from "./flags/keygen.js";
import { addMigrateFlags } from "./flags/migrate.js";
import { addPeekFlags } from "./flags/peek.js";
import { createFlagProblems } from "./flags/problems.js";
import { addRejectsFlags, addReplayFlags } from "./flags/rejects.js";
import { logFor } from "./output.js";

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed
  2    usage or config error
  3    done, but with more rejects than --max-rejects, or stopped by too many
  75   a dependency was unavailable: try again later
  130  interrupted by SIGINT, stopped cleanly (143: SIGTERM, 129: SIGHUP)
`;

/** The command line: what may be said, and which module carries it out, imported when it is called. */
export function createProgram(context: Context, onExitCode: (code: number) => void): Command {
  const problems = createFlagProblems();
  const run = async <Flags extends CommonFlags>(command: Run<Flags>, flags: Flags): Promise<void> => {
    onExitCode(await command({ flags, context, log: logFor(flags, context) }));
  };

  const program = new Command("sqs2pg")
    .description("Drains an SQS queue of JSON events into PostgreSQL: masked, exactly once, nothing lost.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .showSuggestionAfterError()
    .exitOverride()
    // Said by whoever catches it, like every other error.
    .configureOutput({ outputError: () => {} })
    .addHelpText("after", EXIT_CODES)
    .hook("preAction", problems.throwIfAny);

  const command = (name: string, summary: string, description: string): Command =>
    program
      .command(name)
      .summary(summary)
      .description(description)
      .allowExcessArguments(false)
      .helpOption("-h, --help", "print this help");

  program.commandsGroup("Commands:");

  const peek = command(
    "peek",
    "show the next messages as the rows they would become",
    "Shows the next messages as the rows that they would become, or why they would be rejected, and gives every " +
      "one of them back at once. It needs no database. A peek is not free: the receive count of each message goes up " +
      "by one, and a FIFO group is held meanwhile.",
  ).action(async (flags: PeekFlags) => run((await import("./commands/peek.js")).peekCommand, flags));
  addOutputFlags(addPeekFlags(addSettingFlags(peek), problems), problems);

  const drain = command(
    "drain",
    "load the queue into the table",
    "Receives until the queue is empty, masks and converts, loads each message exactly once, and deletes it from " +
      "the queue after its row has committed.",
  ).action(async (flags: DrainFlags) => run((await import("./commands/drain.js")).drainCommand, flags));
  addOutputFlags(addDrainFlags(addSettingFlags(drain), problems), problems);

  const migrate = command(
    "migrate",
    "create or update the tables",
    "Brings the tables up to date: user_logins and the bookkeeping (ledger, rejects, runs). Any number of processes " +
      "may do so at once.",
  ).action(async (flags: MigrateFlags) => run((await import("./commands/migrate.js")).migrateCommand, flags));
  addOutputFlags(addMigrateFlags(addSettingFlags(migrate)), problems);

  program.commandsGroup("Set up:");

  const keygen = command(
    "keygen",
    "make a masking key",
    "Prints a new masking key, one line: plain, wrapped by AWS KMS, or a key pair, two lines.",
  ).action(async (flags: KeygenFlags) => run((await import("./commands/keygen.js")).keygenCommand, flags));
  addOutputFlags(addKeygenFlags(keygen), problems);

  program.commandsGroup("Rejects:");

  const rejects = command(
    "rejects",
    "list what was rejected, and why",
    "Lists the rejects that are recorded: how many, why, where they are now, and examples by message id. It never " +
      "shows a value.",
  ).action(async (flags: RejectsFlags) => run((await import("./commands/rejects.js")).rejectsCommand, flags));
  addOutputFlags(addRejectsFlags(addSettingFlags(rejects)), problems);

  const replay = command(
    "replay",
    "load the quarantined rejects that fit by now",
    "Opens the quarantined rejects of the queue with the key, runs them through the pipeline as it is now, and loads " +
      "what fits, each exactly once. What does not fit stays sealed, with its new reason.",
  ).action(async (flags: ReplayFlags) => run((await import("./commands/replay.js")).replayCommand, flags));
  addOutputFlags(addReplayFlags(addSettingFlags(replay), problems), problems);

  program.commandsGroup("Help:").helpCommand("help [command]", "print the help of a command");

  return program;
}
