import { hostProgram } from '../host/program.js';

/** Returns the bash function `environment_of FILE`, to be put in front of a host program that reads an env file. */
export function environmentFilePart(): string {
  return hostProgram('environment-file.sh', import.meta.url).text;
}
