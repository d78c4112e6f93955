"""What holds in every test session, however it was started."""

import os
import signal
from pathlib import Path

# A shell without job control starts background programs with SIGINT ignored, and each child inherits that:
# no test could end anything with Ctrl-C. A handler of our own is not inherited; children have the default again.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each contract run is a process in a folder of its own: it would make hypothesis's table of letters anew, which takes
# half of its time.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).parents[1] / ".hypothesis"))
