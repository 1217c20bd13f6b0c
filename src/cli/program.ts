import { Command } from "commander";
import { version } from "../version.js";
import type { AuditFlags } from "./commands/audit.js";
import type { DoctorFlags } from "./commands/doctor.js";
import type { ForgetFlags } from "./commands/forget.js";
import type { InitFlags } from "./commands/init.js";
import type { KeygenFlags } from "./commands/keygen.js";
import type { KeysFlags } from "./commands/keys.js";
import type { MigrateFlags } from "./commands/migrate.js";
import type { PeekFlags } from "./commands/peek.js";
import type { RejectsFlags } from "./commands/rejects.js";
import type { ReplayFlags } from "./commands/replay.js";
import type { RewrapFlags } from "./commands/rewrap.js";
import type { UnmaskFlags } from "./commands/unmask.js";
import type { CommonFlags, Context, Command as Run } from "./context.js";
import type { DrainFlags } from "./drain-options.js";
import { addAuditFlags } from "./flags/audit.js";
import { addOutputFlags, addSettingFlags } from "./flags/common.js";
import { addDoctorFlags } from "./flags/doctor.js";
import { addDrainFlags } from "./flags/drain.js";
import { addForgetFlags } from "./flags/forget.js";
import { addInitFlags } from "./flags/init.js";
import { addKeygenFlags } from "./flags/keygen.js";
import { addMigrateFlags } from "./flags/migrate.js";
import { addPeekFlags } from "./flags/peek.js";
import { createFlagProblems } from "./flags/problems.js";
import { addProposeFlags } from "./flags/propose.js";
import { addRejectsFlags, addReplayFlags } from "./flags/rejects.js";
import { addRewrapFlags } from "./flags/rewrap.js";
import { addUnmaskFlags } from "./flags/unmask.js";
import { logFor } from "./output.js";

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed
  2    usage or config error
  3    done, but with more rejects than --max-rejects, or stopped by too many; audit: a column can be guessed
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

  const init = command(
    "init",
    "propose a pipeline for a queue",
    "Looks at messages of a queue, gives every one of them back at once, and proposes a pipeline and a table for them: " +
      "columns, types, and masks for what looks like personal data. It shows no value. Like a peek it is not free: the " +
      "receive count of each message goes up by one. On a terminal it asks before it writes; elsewhere it prints the " +
      "pipeline, unless --yes is given. With --builtin it prints the pipeline that runs without a file.",
  ).action(async (flags: InitFlags) => run((await import("./commands/init.js")).initCommand, flags));
  addOutputFlags(addProposeFlags(addInitFlags(init), problems), problems);

  const doctor = command(
    "doctor",
    "check everything that a drain needs",
    "Looks at everything that could go wrong with a drain before it does: the config, the key, the AWS settings and " +
      "permissions, the queue, the database and its tables, clocks and speed. It says what it found and what to do. It " +
      "changes nothing, takes no message off the queue (unless --receive is given), and shows nothing secret.",
  ).action(async (flags: DoctorFlags) => run((await import("./commands/doctor.js")).doctorCommand, flags));
  addOutputFlags(addDoctorFlags(addSettingFlags(doctor), problems), problems);

  const keygen = command(
    "keygen",
    "make a masking key",
    "Prints a new masking key, one line: as it is, or wrapped by AWS KMS. Or a key pair, a line for each half.",
  ).action(async (flags: KeygenFlags) => run((await import("./commands/keygen.js")).keygenCommand, flags));
  addOutputFlags(addKeygenFlags(keygen, problems), problems);

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

  program.commandsGroup("Masked data:");

  const keys = command(
    "keys",
    "list the keys, and where each is in use",
    "Lists the keys at hand by their ids: which one masks, and which only read back. With a database also where each is " +
      "in use, and which are in use there without being at hand. It never shows a key.",
  ).action(async (flags: KeysFlags) => run((await import("./commands/keys.js")).keysCommand, flags));
  addOutputFlags(addSettingFlags(keys), problems);

  const unmask = command(
    "unmask",
    "show masked values in the clear",
    "Prints the values behind masked ones: those given, those on standard input (one a line, or CSV with --column), or " +
      "those of the table's rows (--where). It needs the key that masked them, or the private key; and the database for " +
      "tokens. With a database, who did it and how many there were is written to the unmask log first.",
  ).action(async (values: readonly string[], flags: Omit<UnmaskFlags, "values">) =>
    run((await import("./commands/unmask.js")).unmaskCommand, { ...flags, values }),
  );
  addOutputFlags(addUnmaskFlags(addSettingFlags(unmask), problems), problems);

  const rewrap = command(
    "rewrap",
    "bring what is under old keys under the first one",
    "Decrypts what is masked under former keys and encrypts it under the first one, in batches, beside running drains: " +
      "the columns that can be read back, the vault, the sealed rejects. Run again, it goes on where it was.",
  ).action(async (flags: RewrapFlags) => run((await import("./commands/rewrap.js")).rewrapCommand, flags));
  addOutputFlags(addRewrapFlags(addSettingFlags(rewrap), problems), problems);

  const forget = command(
    "forget",
    "make the tokens of values unresolvable",
    "Deletes values from the vault of tokens, given raw or as tokens, in all domains of the pipeline: their tokens can " +
      "never be resolved again, and a value that comes again gets another one. All of it is one transaction, and is " +
      "written to the unmask log without the values. It needs the keys of the vault, unless only tokens are given.",
  ).action(async (values: readonly string[], flags: Omit<ForgetFlags, "values">) =>
    run((await import("./commands/forget.js")).forgetCommand, { ...flags, values }),
  );
  addOutputFlags(addForgetFlags(addSettingFlags(forget)), problems);

  const audit = command(
    "audit",
    "tell who gets at the masked values, and how",
    "Judges each masked column of the pipeline: who reads its values back, who can guess them and how long that takes, " +
      "measured on this machine; with a database also which keys are in use, and whether what is stored looks masked. It " +
      "shows no value. Exits with 3 when anyone can guess a column, or raw values are left in one.",
  ).action(async (flags: AuditFlags) => run((await import("./commands/audit.js")).auditCommand, flags));
  addOutputFlags(addAuditFlags(addSettingFlags(audit), problems), problems);

  program.commandsGroup("Help:").helpCommand("help [command]", "print the help of a command");

  return program;
}
