"""What the benches' page says about the kiosk: how its lines are measured, and where its time and memory go."""

KIOSK = """\
## The kiosk's lines: how they are measured, and where time and memory go

The program is the real one. Its data folder has a menu of 500 dishes in 25 categories, each with a picture, a third
with questions; nothing else runs in the morning when it is started.

- **First frame:** from the start of `pilotlight kiosk`, full screen at 1080 × 1920, to the moment at which Qt has
  handed the first frame over (`drawn` in `--trace`). The process that watches the screen, the server and the screen
  all start in this second.
- **Sheet:** from a press on a dish, which comes the way a touch does, to the first frame in which 48 px of its sheet
  are seen; the slowest of 20 dishes all over the menu, the first of a visit among them.
- **Scroll:** a display of 60 frames a second ticks, whatever the screen does; at each tick the list goes on by 24 px.
  Counted is the time from the tick to the frame that was drawn for it, so what kept the program busy meanwhile
  counts, too. A tick that found it still drawing has no frame.
- **Meanwhile** the server catches up with a neighbour's 100,000 events of orders, from a line that is opened then: it
  checks, stores and works them into its tables, and tells the screen of 20,000 tickets.
- **Memory** is what the system counts as resident, at the end of all that: the libraries that all screens and servers
  of a machine share are in it.

Where it goes, in milliseconds of processor time on this machine:

| until the first frame | ms |
|---|---:|
| Python itself, and the process that watches, which has no Qt | 70 |
| PySide: QtCore (half of it is its table of signatures), QtGui, QtQml, QtQuick | 85 |
| asyncio, the event loop, what all screens share | 85 |
| the kiosk's view models | 35 |
| application, fonts, window | 25 |
| the attract page's QML, compiled before and kept on the disk by Qt | 40 |
| laid out and drawn | 30 |

What is left is loading: no part of it waits. Not loaded before that frame are websockets, HTTP, Babel, the log's and
the network's rooms, Qt's widgets, and the QML of all other pages, which are made between two frames afterwards (270
ms of work until the menu is there; the server, which starts at the same time, needs longer).

A frame of the scroll is 3.7 ms of work in the middle and 7.3 at the 99th of a hundred: a third is drawing pictures
and letters, the rest what Qt does to find out what has moved. Pictures are decoded in a thread of Qt's, to the size
in which they are shown, so that a frame copies them. While the server catches up the screen hears of fifty tickets at
once: one by one each cost it a tenth of a millisecond for the message alone. Python's garbage is collected while
nobody touches.

Of the memory 66 MB are libraries (Qt 29, PySide 12, Python and the rest 25), 32 Python's objects (a fifth of them the
menu), 8 the window's picture, some 10 pictures of dishes, the rest QML's objects and what Qt knows of each. Qt keeps
a picture of every round corner, also of hidden ones: those made 25 MB more before large discs were made round only
while seen."""

KIOSK_FLOORS: dict[str, str] = {
    "kiosk-first": (
        "Four tenths of a second of loading on a free core (see below), while the server loads on the other; on a "
        "machine that others use it is the share of its cores that decides."
    ),
    "kiosk-sheet": (
        "On a free core it is 12 to 36 ms, most of it for making the questions' parts; the rest is waiting for a core."
    ),
    "kiosk-scroll": (
        "The hundredth frame is one in which a row of dishes comes in below the edge: its texts are laid out anew in "
        "the time of one frame, on top of drawing it."
    ),
    "kiosk-scroll-busy": (
        "A frame is four milliseconds of work. Server and neighbour need both cores of this machine while the one "
        "catches up with the other, and the screen waits for its turn; where fewer others ran (a load of 12) it was "
        "15.8 ms. Qt's division of a frame's painting among all cores, which made each frame wait for the server's "
        "core, is off where cores are two. Tried and not kept: the server on half of the cores while it catches up, "
        "which showed no better frames on a busy machine."
    ),
    "kiosk-memory": ("See where it goes, below."),
}
