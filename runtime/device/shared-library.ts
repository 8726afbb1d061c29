/** Loading a shared library of the system, for other libraries of this process to find. */
import { constants } from "node:os";

/** glibc's RTLD_NODELETE: the library stays although Node closes it again for not being an addon. */
const stayLoaded = 0x1000;

/**
 * Loads a library for good, by path or by name, so that a later load by its plain name finds it, whatever LD_LIBRARY_PATH says.
 * Returns false when there is none. Linux only.
 */
export function loadLibrary(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL | stayLoaded);
  } catch (error) {
    // Node refuses it as an addon only after it was loaded, which is all that is wanted.
    return /self-register/.test(String(error));
  }
  return true;
}
