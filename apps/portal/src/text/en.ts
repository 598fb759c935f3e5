/** English, and the form of every other language. Numbers and plurals are functions. */
import { numberIn, signedIn } from './numbers.ts';
import type { Translations } from './translated.ts';

export const en = {
  languageName: 'English',
  /** For dates and numbers. */
  locale: 'en-GB',
  needsScripts: 'This page works with JavaScript alone; allow it for this address and load the page anew.',
  researchUse: 'For research only. Not a medical device: a score is no diagnosis and must not decide care.',
  skipToContent: 'Skip to the content',
  mainNavigation: 'Main navigation',
  language: 'Language',
  navigation: { patients: 'Patients', users: 'People', audit: 'Log', account: 'Account', about: 'About' },
  roles: { administrator: 'Administrator', clinician: 'Clinician', reader: 'Reader' },
  rolesExplained: {
    administrator: 'everything a clinician may, invites people, reads the log',
    clinician: 'enters patients and visits, uploads, deletes',
    reader: 'sees and hears everything, changes nothing',
  },
  signOut: 'Sign out',
  save: 'Save',
  saved: 'Saved.',
  working: 'One moment …',
  drafts: {
    restored: 'What you typed here before is not saved yet.',
    discard: 'Discard it',
    typedSince: 'Saved, but not what you typed since.',
    signOut: 'Something that you typed is not saved and would be lost. Sign out all the same?',
  },
  changedMeanwhile: {
    title: 'Not saved yet: somebody else changed this since you opened it. See above, then save again.',
    explained: 'Somebody else saved changes here since you opened it. What differs:',
    taken: 'changed by them, and not by you. Now in the field:',
    own: 'Keep yours:',
    saved: 'Take theirs:',
  },
  yes: 'yes',
  no: 'no',
  /** A number that is written with a point. */
  decimal: numberIn('en-GB'),
  notSaid: 'not given',
  tooManyTries: (seconds: number) =>
    seconds < 90
      ? `Too many tries; wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`
      : `Too many tries; wait ${Math.ceil(seconds / 60)} minutes.`,
  notFound: {
    title: 'There is nothing here',
    text: 'The page does not exist, was deleted, or belongs to another clinic.',
    back: 'To the patients',
  },
  broken: {
    title: 'This page failed',
    text: 'The portal failed at this; its log says where. Nothing that you saved is lost.',
    again: 'Try again',
  },

  signIn: {
    title: 'Sign in',
    email: 'E-mail address',
    password: 'Password',
    button: 'Sign in',
    help: 'No account, or the password is lost? An administrator of your clinic makes you a one-time link.',
    secondFactor: 'Second factor',
    code: 'Code from your authenticator app',
    backupCode: 'Backup code',
    useBackupCode: 'I do not have my device: use a backup code',
    useCode: 'Use the code from the app',
    startAgain: 'Start again with the password',
    confirm: 'Confirm',
  },
  join: {
    title: 'Make your account',
    newPasswordTitle: 'Set a new password',
    newPasswordFor: (email: string) =>
      `For the account ${email}. Its second factor is taken away; set it up again afterwards.`,
    asRole: (role: string, clinic: string) => `${role} of ${clinic}`,
    firstAdministrator: 'You will be the administrator of a new clinic.',
    clinicName: 'Name of the clinic',
    name: 'Your name, as the log shows it',
    email: 'E-mail address, for signing in',
    password: 'Password',
    passwordRule:
      'At least 12 characters; length counts, not special characters. Four unrelated words are a good choice.',
    button: 'Make the account',
    newPasswordButton: 'Set the password',
    usedTitle: 'This link is no longer good',
    used: 'It was used or has expired. Ask an administrator of your clinic for a new one.',
    usedFirst:
      'The first link of a new portal is printed on the terminal where it was started; starting it again prints a new one.',
  },

  patients: {
    title: 'Patients',
    search: 'Find a pseudonym',
    searchHint: 'A part of it is enough. Enter opens the patient as soon as there is one left.',
    shown: (first: number, last: number, all: number) =>
      first === 1 && last === all
        ? `${all} ${all === 1 ? 'patient' : 'patients'}`
        : `Patients ${first} to ${last} of ${all}`,
    pages: 'Pages of the list',
    pagesBelow: 'Pages of the list, below it',
    page: (page: number, pages: number) => `Page ${page} of ${pages}`,
    before: 'Page before',
    after: 'Next page',
    none: 'No patient yet.',
    noneHint: 'Enter the first one below, under a pseudonym that only your clinic can resolve.',
    noneReader: 'A clinician or administrator can enter patients.',
    noMatch: 'No pseudonym contains this.',
    add: 'New patient',
    pseudonym: 'Pseudonym',
    pseudonymHint: 'No names: for example a study number.',
    birthYear: 'Year of birth',
    sex: 'Sex',
    sexes: { female: 'female', male: 'male', other: 'other', unknown: 'not given' },
    notes: 'Notes',
    visits: 'Visits',
    lastVisit: 'Last visit',
    create: 'Enter the patient',
  },
  patient: {
    edit: 'Change details',
    visits: 'Visits',
    noVisits: 'No visit yet.',
    noVisitsHint: 'Enter a visit, then add its recordings.',
    noVisitsReader: 'A clinician or administrator can enter one.',
    newVisit: 'New visit',
    day: 'Day of the visit',
    createVisit: 'Enter the visit',
    recordingCount: (count: number) =>
      count === 0 ? 'no recordings' : count === 1 ? '1 recording' : `${count} recordings`,
    deleteTitle: 'Delete this patient',
    deleteText:
      'Deletes the patient with all visits, recordings and results, for good. The log keeps that there was a record and who deleted it, without its content.',
    deleteConfirm: (pseudonym: string) => `Type ${pseudonym} to confirm`,
    deleteButton: 'Delete for good',
    born: (year: number) => `born ${year}`,
  },
  visit: {
    title: (day: string) => `Visit of ${day}`,
    change: 'Change day and notes',
    recordings: 'Recordings',
    none: 'No recording yet.',
    noneHint: 'Choose the chest site below, then drop the files of that site.',
    noneReader: 'A clinician or administrator can add recordings.',
    add: 'Add recordings',
    chooseSite: 'Where was the stethoscope?',
    front: 'Front',
    back: 'Back',
    left: 'L',
    right: 'R',
    siteOf: 'Chest site',
    siteMissing: 'site not given',
    noSite: 'Not known, or several channels',
    device: 'Stethoscope or recorder',
    deviceHint: 'For example Littmann CORE',
    choose: 'Choose files',
    accepted: (megabytes: number) =>
      `WAV, FLAC or MP3, up to ${megabytes} MB and 30 minutes each. File names and tags are not kept.`,
    uploading: (name: string, percent: number) => `${name}: ${percent} % sent`,
    checking: (name: string) => `${name}: being checked`,
    uploaded: (name: string, number: number) => `${name} is recording ${number}.`,
    refused: (name: string) => `${name} was not added`,
    deleteVisit: 'Delete this visit',
    deleteVisitText: 'Deletes the visit with all its recordings and results, for good.',
    tableNumber: 'Recording',
    tableSite: 'Site',
    tableLength: 'Length',
    tableState: 'Analysis',
    tableQuality: 'Quality',
    crackleCycles: (crackles: number, scored: number) =>
      scored === 0 ? 'no cycle scored' : `${crackles} of ${scored} cycles called crackle`,
    notScored: (count: number) => (count === 1 ? '1 not scored' : `${count} not scored`),
  },
  /** Files on their way into a visit or a page. */
  files: {
    drop: 'Drop recordings here, or a folder of them.',
    chooseFolder: 'Choose a folder',
    found: (taken: number, leftOut: number) =>
      [
        taken === 0 ? 'There is no WAV, FLAC or MP3 file in it' : `${taken} taken`,
        leftOut === 0 ? '' : `; ${leftOut} other ${leftOut === 1 ? 'file' : 'files'} left out`,
        '.',
      ].join(''),
    unreadable: 'The browser cannot read this folder; try the button.',
    same: (name: string, number: number) =>
      `${name} was not added: this sound is already recording ${number} of this visit.`,
    addAgain: 'Add it all the same',
    siteRecorded: (site: string, number: number) => `${site}: recording ${number} is of this site already.`,
    nextSite: (site: string) => `Go on with ${site}`,
    leave:
      'Files are still on their way, and those that wait would not be sent. Leave this page all the same?',
  },
  states: {
    waiting: 'waits for its turn',
    'at-work': 'being analysed',
    done: 'done',
    failed: 'failed',
  },
  recording: {
    title: (number: number) => `Recording ${number}`,
    loading: 'The sound is being fetched …',
    drawnTo: (seconds: number) => `Drawn up to ${seconds} s so far …`,
    soundFailed: 'The sound cannot be shown',
    details: 'Details',
    length: 'Length',
    rate: 'Sample rate',
    channelName: 'Channel',
    format: 'File as uploaded',
    device: 'Recorder',
    uploaded: 'Uploaded',
    channel: (index: number) => `Channel ${index + 1}`,
    quality: 'Quality',
    earlierStands: 'What is shown is of the analysis before it, which stands until another one is done.',
    newFailed: 'A new analysis failed',
    qualityNotJudged: 'Not judged: that is done with the analysis.',
    qualityGood: 'Nothing found that makes the scores doubtful.',
    analysis: 'Analysis',
    progress: (percent: number) => `${percent} % of the cycles are scored`,
    waits: 'The analysis waits for its turn. You can leave this page; it goes on.',
    failedTitle: 'The analysis failed',
    retry: 'Try again',
    analyseAgain: 'Analyse again',
    view: 'Sound and picture',
    waveform: 'Waveform',
    waveUnit: 'amplitude, share of full scale',
    mel: 'Log-mel picture',
    melUnit: 'frequency, Hz',
    timeUnit: 'time, s',
    melKinds: { fine: 'fine', network: 'as the detector sees it' },
    pictureDescription: (seconds: string) =>
      `Waveform and log-mel picture over ${seconds} seconds; the table below holds the cycles with their times and findings.`,
    play: 'Play',
    pause: 'Pause',
    playCycle: 'Play this cycle',
    chooseHint: 'Choose a cycle in the picture, in the table or with J and K to read what its score says.',
    marks:
      'Strip: orange where the detector calls a cycle crackle, hatched where it does not score; the bars under it show what speaks for crackles to its networks. Triangles in the log-mel picture: single crackles found in the waveform.',
    speed: 'Speed',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    showAll: 'All',
    position: (at: string, all: string) => `${at} of ${all} s`,
    keys: 'Keys',
    cycles: 'Respiratory cycles',
    cycle: 'Cycle',
    from: 'From',
    to: 'To',
    finding: 'Detector',
    score: 'Score',
    candidatesShort: 'Crackles in / ex',
    candidates: {
      counted:
        'Single crackles are counted in the waveform by a fixed rule, without the networks, in inspiration and expiration.',
      independent: 'The detector does not count them: the two findings are independent of each other.',
      dependent:
        'The detector counts them too, among its measures of the sound: its score and the single crackles are not independent of each other.',
    },
    noCycles: 'No cycle was found.',
    crackle: 'called crackle',
    clear: 'not called crackle',
    abstained: 'not scored',
    explained: (score: string, threshold: string, above: boolean) =>
      above
        ? `Cycle with score ${score}: at or above ${threshold}, from which this detector calls a cycle crackle.`
        : `Cycle with score ${score}: below ${threshold}, from which this detector calls a cycle crackle.`,
    notCalibrated: 'A score only orders cycles; it is no probability.',
    calibrated: 'Scores are calibrated; chosen by:',
    parts: (networks: string, measures: string, together: string, isCalibrated: boolean) =>
      `Log odds: networks ${networks}, measures of the sound ${measures}, together ${together}${isCalibrated ? ' before calibration' : ''}. Seconds, bands of frequency and class activation explain the networks’ part alone.`,
    evidence: (spans: string) => `For its networks, what speaks for crackles lies at ${spans} s.`,
    restsOn: 'What the scores rest on',
    learnedFrom: (text: string) => `The detector learned from ${text}.`,
    learnedPart: (
      dataset: string,
      subjects: number,
      recordings: number,
      cycles: number,
      unit: 'cycle' | 'event',
    ) =>
      `${dataset} (${subjects} subjects, ${recordings} recordings, ${cycles} ${unit === 'cycle' ? 'cycles' : 'events'})`,
    thresholdChosenBy: 'Its threshold was chosen by:',
    detector: (id: string, version: string) => `Detector ${id} ${version}`,
    checksum: 'sha256',
    summary: (crackles: number, scored: number) =>
      scored === 0
        ? 'No cycle could be scored.'
        : `Called crackle: ${crackles} of ${scored} scored ${scored === 1 ? 'cycle' : 'cycles'}.`,
    abstentions: (count: number) =>
      count === 1
        ? '1 cycle was not scored; the table says why.'
        : `${count} cycles were not scored; the table says why.`,
    sources: {
      'icbhi-text': 'Cycles come from an annotation.',
      'sprsound-json': 'Cycles are annotated events.',
      manifest: 'Cycles come from a table.',
      'by-hand': 'Cycles were set by hand.',
      airflow: 'Cycles come from the airflow channel.',
      sound: 'Cycles were found in the sound itself; check them by ear.',
      windows: 'No breath was found in the sound: the cycles are windows of fixed length.',
    },
    twoParts:
      'A score has two parts, added in log odds: what its networks see in the pictures, and a regression on measures of the sound.',
    inspiration: {
      whole: 'The detector takes each cycle as a whole, without parting inspiration and expiration.',
      share: (percent: number) =>
        `The detector takes the first ${percent} % of every cycle for the inspiration, measured or not.`,
      measured: (percent: number) =>
        `The detector takes the inspiration to its measured end where a cycle has one, elsewhere the first ${percent} % of the cycle.`,
      candidatesByShare: (percent: number) =>
        `Single crackles stand under inspiration in the first ${percent} % of a cycle: no end of inspiration was measured.`,
      candidatesMeasured:
        'Single crackles stand under inspiration or expiration by the measured or estimated end of the inspiration.',
    },
    edit: 'Site and recorder',
    delete: 'Delete this recording',
    deleteText: 'Deletes the recording and its results, for good.',
    previous: 'Previous recording',
    next: 'Next recording',
  },
  /** The sound and the pictures of one channel. */
  view: {
    listening: 'Listening',
    pitch: 'Slow:',
    pitchKept: 'pitch kept',
    pitchLowered: 'pitch lowered, crackles spread',
    allowed: (least: string, most: string, inUse: string | null) =>
      `Only ${least} to ${most}; ${inUse === null ? 'nothing is in use' : `still in use: ${inUse}`}.`,
    waveScale: (to: string, zoom: number) =>
      zoom === 1 ? `axis to ±${to}` : `axis to ±${to}: ×${zoom}, what is louder is cut off`,
    highPass: 'High-pass',
    lowPass: 'Low-pass',
    gain: 'Gain',
    gainHeld: (db: string) => `Held at ${db} dB: more would clip.`,
    loop: 'Loop',
    playSelection: 'Play the selection',
    zoomToSelection: 'Zoom to the selection',
    notHeard: 'The sound cannot be played',
    noOutput:
      'this browser has no output for sound. Connect loudspeakers or headphones, check that the page may play sound, and try again.',
    readingHint: 'Point at a picture to read time, frequency and level; drag to select.',
    reading: (seconds: string, hz: string | null, level: string | null, amplitude: string | null) =>
      [
        `${seconds} s`,
        hz === null ? null : `${hz} Hz`,
        level === null ? null : `level ${level} dB`,
        amplitude === null ? null : `amplitude ${amplitude}`,
      ]
        .filter(part => part !== null)
        .join(' · '),
    signed: signedIn('en-GB'),
    picture: 'Picture',
    colours: 'Colours',
    colourMaps: {
      magma: 'magma',
      viridis: 'viridis',
      cividis: 'cividis',
      paper: 'grey on white',
    } as Record<'magma' | 'viridis' | 'cividis' | 'paper', string>,
    contrast: 'Dynamic range',
    brightness: 'Brightness',
    automatic: 'Automatic',
    lowest: 'From',
    highest: 'to',
    allFrequencies: 'All frequencies',
    drag: 'Dragging',
    drags: { select: 'selects', zoom: 'zooms' },
    melLegend: {
      others: 'dark: quiet, bright: loud; of each column the loudest instant, so that short crackles stay',
      paper: 'white: quiet, black: loud; of each column the loudest instant, so that short crackles stay',
    },
    overview: 'Shown part of the recording',
    shown: (from: string, to: string) => `Shown: ${from} to ${to} s.`,
    shownRange: (low: number, high: number) => `${low} to ${high} Hz.`,
    ticks: (step: string) => `One tick of the time axis: ${step} s.`,
    loudest: (level: string, at: string) => `Loudest: amplitude ${level} at ${at} s.`,
    inView: (cycles: number, crackles: number | null, events: number | null) =>
      [
        cycles === 1 ? '1 cycle' : `${cycles} cycles`,
        crackles === null ? '' : `, ${crackles} called crackle`,
        events === null ? '' : events === 1 ? '; 1 single crackle' : `; ${events} single crackles`,
        '.',
      ].join(''),
    phaseEnds: (assumed: boolean) =>
      `darker: expiration; a line where inspiration ends${assumed ? ', dashed where that is an assumed share of the cycle' : ''}`,
    activation:
      'What the networks found (class activation, logit of their part of the score per second): up speaks for crackles, down against',
    singleCrackles: 'Single crackles, time-expanded',
    previousCandidate: 'Previous crackle',
    nextCandidate: 'Next crackle',
    expanded: 'Time-expanded waveform',
    expandedDescription: (from: string, to: string) => `Waveform from ${from} to ${to} s`,
    magnification: (speed: number) => `about ${speed} mm per second`,
    window: 'Window',
    playWindow: 'Play the window',
    noCandidateChosen: 'Around the cursor. Choose a crackle in the list or with . and , to see its widths.',
    candidateWords: (
      number: number,
      all: number,
      time: string,
      kind: string,
      idw: string,
      twoCycles: string,
      ldw: string,
    ) =>
      `Crackle ${number} of ${all} at ${time} s, ${kind}: IDW ${idw} ms, 2CD ${twoCycles} ms, LDW ${ldw} ms.`,
    candidatesSummary: (count: number) =>
      count === 0
        ? 'No single crackle was found in the waveform.'
        : `${count === 1 ? '1 single crackle was' : `${count} single crackles were`} found in the waveform.`,
    counts: 'Single crackles by phase and kind',
    each: 'Each single crackle',
    phase: 'Phase',
    phases: { inspiration: 'inspiration', expiration: 'expiration' },
    noPhase: 'phase not known',
    thirds: { early: 'early', middle: 'middle', late: 'late' },
    kind: 'Kind',
    kinds: { fine: 'fine', coarse: 'coarse' },
    together: 'Together',
    time: 'Time, s',
    level: 'Over the sound around, dB',
    widths:
      'IDW: width of the initial deflection. 2CD: duration of two cycles. LDW: width of the largest deflection. Fine: 2CD below 10 ms and LDW below 2 ms.',
    bands: (number: number, hasMeasures: boolean) =>
      `Cycle ${number}: change of score when this band is hidden from the networks${hasMeasures ? ' (the measures of the sound stay)' : ''}`,
    band: 'Band',
    scoreWithout: 'Score without it',
    change: 'Change',
    keyList: [
      ['Space', 'play, pause'],
      ['J, K', 'next, previous cycle'],
      ['Enter', 'play the chosen cycle'],
      ['. ,', 'next, previous single crackle'],
      ['O', 'play the time-expanded window'],
      ['B, Shift + B', 'the selection begins, ends at the cursor'],
      ['P', 'play the selection'],
      ['Shift + P', 'loop on, off'],
      ['W', 'zoom to the selection'],
      ['Esc', 'no selection'],
      ['← →', 'move the cursor'],
      ['Shift + ← →', 'turn the page by a half'],
      ['Shift + ↑ ↓', 'move the line of frequency and read it out'],
      ['+ −', 'zoom in, out'],
      ['0', 'show all'],
      ['F, Shift + F', 'fewer, more frequencies'],
      ['G, Shift + G', 'higher, lower frequencies'],
      ['V, Shift + V', 'waveform higher, lower'],
      ['T', 'the other picture'],
      ['< >', 'slower, faster'],
      ['Ctrl + wheel', 'zoom at the pointer; with Shift in frequency'],
      ['Shift + drag', 'zoom into the box'],
    ] as [string, string][],
  },
  browser: {
    title: 'Analyse in this browser',
    short: 'Analyse here',
    invitation: 'No account? Analyse recordings in this browser; they do not leave it.',
    what: 'Drop recordings or listen through a microphone. This browser computes everything itself: nothing is sent or stored, and what is listed here is gone when the page is closed.',
    loading: 'The detector is being loaded (6 MB, once) …',
    ready: 'Ready.',
    readyOffline: 'Ready. This page also works without a network from now on.',
    notReady: 'The detector cannot be loaded',
    files: 'Recordings',
    accepted: 'WAV, FLAC or MP3, one or several. They stay in this browser.',
    analysed: 'Analysed here',
    recording: 'Recording',
    actions: 'Actions',
    cancel: 'Cancel',
    cancelled: 'cancelled',
    remove: 'Remove',
    saveJson: 'Save results as JSON',
    saveJsonHint: 'The same as “crepitus screen --json” writes for these files.',
    saveWav: 'Save as WAV',
    live: 'Listen live',
    listen: 'Listen',
    stop: 'Stop',
    restsOn: 'Rests on, s',
    restsOnHint:
      'Where a cycle is called crackle the seconds that speak for it to the networks stand here at once; their course in time and the frequencies come when you stop.',
    liveHint: (minutes: number) =>
      `Cycles are scored as they end, some seconds later; the first come after about three breaths. When you stop, at the latest after ${minutes} minutes, the sound becomes a recording and is analysed anew as a whole: cycles can then have other borders and other scores.`,
    noBreathYet: 'No breath found yet.',
    liveCycles: 'Cycles heard so far, the newest first',
    runningPicture: 'Log-mel picture of the last seconds; the table below holds the cycles.',
    leave: 'A recording that was heard here is not saved and would be lost. Leave this page all the same?',
    heardName: (stamp: string) => `heard ${stamp}.wav`,
  },
  microphone: {
    input: 'Input',
    standard: 'Standard input of this computer',
    inputHint:
      'An electronic stethoscope shows up here if the computer takes it for a microphone; the names of inputs appear once the microphone is allowed. Echo cancellation, noise suppression and automatic gain are switched off.',
    level: 'Level',
    decibels: (decibels: number) => `${numberIn('en-GB')(String(decibels))} dB`,
    clipped: 'Too loud: samples are clipped; lower the gain.',
    problems: {
      refused: () =>
        'The microphone is not allowed; allow it for this page in the address bar of the browser and start again.',
      missing: () => 'There is no microphone; connect one and start again.',
      busy: () => 'The microphone is busy or broken; close other programs that use it and start again.',
      gone: () => 'The microphone went away; connect it, or choose another, and start again.',
      insecure: () =>
        'Browsers give a microphone to pages on https or localhost alone; open this page there.',
      failed: (why: string) => `Listening failed: ${why}.`,
    } as Record<string, (why: string) => string>,
  },
  recorder: {
    title: 'Record here',
    hint: 'From an electronic stethoscope that the computer sees as a microphone, for the site chosen above. The recording stays in this page until it is uploaded or discarded.',
    recordAt: (site: string) => `Record: ${site}`,
    stop: 'Stop',
    wave: (duration: string) => `Waveform of the last seconds, ${duration} recorded`,
    taken: (duration: string, rate: number) => `Recorded: ${duration} at ${rate} Hz.`,
    listen: 'Listen again',
    upload: 'Upload',
    again: 'Upload again',
    discard: 'Discard',
    sending: 'being sent',
    notSent: 'The recording was not uploaded and is still here',
    uploaded: (number: number) => `Uploaded as recording ${number}.`,
    next: (site: string) => `Next: ${site}.`,
    judging: 'The recording is being judged …',
    notJudged: 'The recording could not be judged',
    breaths: (count: number) => `${count} ${count === 1 ? 'breath' : 'breaths'} found.`,
    onceMore:
      'Too much handling noise, too quiet, too loud? Listen again, and record it once more while the patient is there.',
    recordAgain: 'Record once more',
    leave: 'The recording is not uploaded and would be lost. Leave this page all the same?',
  },
  /** How often a detector is right where it calls a cycle crackle. */
  called: {
    right: (
      dataset: string,
      {
        unit,
        cycles,
        crackles,
        interval: [low, high],
        from,
        leftOut,
      }: {
        unit: 'cycle' | 'event';
        cycles: number;
        crackles: number;
        interval: readonly [number, number];
        from: number;
        leftOut: number;
      },
    ) =>
      [
        `When this detector calls ${unit === 'cycle' ? 'a cycle' : 'an event'} crackle, ${crackles} of ${cycles} had crackles (${Math.round((100 * crackles) / cycles)} %; 95 % interval within ${Math.round(100 * low)} to ${Math.round(100 * high)} %). `,
        `Counted in ${dataset}, of patients that its networks had not learned from, from score ${from.toFixed(3)} on`,
        leftOut === 0 ? '.' : `; ${leftOut} whose score may lie above or below its threshold are left out.`,
      ].join(''),
    unknown:
      'How often this detector is right when it calls a cycle crackle is not known: too few counted cases.',
    byDetector: (detector: string, sentence: string) => `${detector}: ${sentence}`,
  },
  scoreCases: {
    counted: (
      dataset: string,
      {
        crackles,
        cycles,
        subjects,
        unit,
        interval: [low, high],
      }: {
        crackles: number;
        cycles: number;
        subjects: number;
        unit: 'cycle' | 'event';
        interval: readonly [number, number];
      },
    ) =>
      `Of ${unit === 'cycle' ? 'cycles' : 'events'} scored like this, ${Math.round((100 * crackles) / cycles)} % had crackles in ${dataset} (${crackles} of ${cycles} ${unit === 'cycle' ? 'cycles' : 'events'}, ${subjects} subjects; 95 % interval ${Math.round(100 * low)} to ${Math.round(100 * high)} %).`,
    none: 'How many cycles scored like this have crackles is not known: this detector comes without counts of cases.',
    tooFew: 'How many cycles scored like this have crackles is not known: too few cases like this.',
    countedIn: (dataset: string, cycles: number, subjects: number, unit: 'cycle' | 'event') =>
      `What cycles of a score turned out to be was counted among ${cycles} ${unit === 'cycle' ? 'cycles' : 'events'} of ${subjects} subjects of ${dataset}, normal or with crackles, wheezes left out`,
    mayDiffer: 'Other patients and recorders may differ from these.',
  },
  account: {
    title: 'Account',
    changePassword: 'Change the password',
    currentPassword: 'Current password',
    newPassword: 'New password',
    passwordChanged: 'The password is changed; other sessions have ended.',
    secondFactor: 'Second factor',
    secondFactorOn: 'A code from your authenticator app is asked for at every sign-in.',
    secondFactorOff:
      'Not set up. With it, a stolen password alone opens nothing: a phone with an authenticator app shows a code at every sign-in.',
    setUp: 'Set up',
    step1: 'Take a picture of this code with your authenticator app:',
    qrCode: 'QR code for the authenticator app; the key below says the same',
    step1Key:
      'Or enter this key there (time-based, 6 digits), or open the link on the device that has the app. The code is drawn on this page and sent nowhere.',
    step1Link: 'Open in the authenticator app',
    step2: 'Keep these backup codes in a safe place. Each opens the account once when the device is lost:',
    step3: 'Enter the code that the app shows now:',
    turnOff: 'Switch off',
    sessionEnds: 'A session ends after an hour without use and after twelve hours in any case.',
  },
  sessions: {
    title: 'Where you are signed in',
    own: 'this session',
    unknownBrowser: 'A program that does not say what it is',
    times: (started: string, used: string, ends: string) =>
      `since ${started}, last used ${used}, ends ${ends} if it is not used again`,
    nowhereElse: 'You are signed in nowhere else.',
    endOthers: 'Sign out elsewhere',
  },
  users: {
    title: 'People',
    invite: 'Invite somebody',
    role: 'Role',
    note: 'For whom (your note)',
    inviteButton: 'Make a one-time link',
    linkReady: 'Pass this link on by a safe way; it works once and for seven days. It is shown only now:',
    copy: 'Copy',
    copied: 'Copied.',
    secondFactor: 'Second factor',
    closed: 'closed',
    you: 'you',
    close: 'Close the account',
    open: 'Open again',
    newPassword: 'Link for a new password',
    change: 'Change',
  },
  /** Analyses that come before one that waits. */
  queue: {
    before: (count: number) => (count === 0 ? 'next' : `${count} before it`),
    sentence: (count: number) =>
      count === 0
        ? 'It is the next one.'
        : count === 1
          ? '1 recording comes before it.'
          : `${count} recordings come before it.`,
  },
  openLinks: {
    title: 'Open links',
    none: 'No link is open.',
    purpose: 'Link for',
    account: (role: string) => `an account (${role})`,
    password: (email: string) => `a new password of ${email}`,
    madeBy: 'Made by',
    until: 'Good until',
    withdraw: 'Withdraw',
  },
  audit: {
    title: 'Log',
    intro:
      'Who saw or changed what, when. Entries cannot be changed; “npm run portal -- audit verify” on the server checks that none is missing.',
    time: 'Time',
    who: 'Who',
    what: 'What',
    record: 'Record',
    details: 'Details',
    older: 'Older entries',
    newest: 'Newest entries',
    /** Of how many, and their numbers. */
    shown: (count: number, newest: number, oldest: number) =>
      count === 1 ? `1 entry: ${newest}.` : `${count} entries: ${newest} to ${oldest}.`,
    /** What stands in the address, each with its value. */
    notUnderstood: (unknown: readonly string[]) =>
      `The address of this page asks for something that the log does not know (${unknown.map(each => `“${each}”`).join(', ')}), so nothing is shown.`,
    none: 'No entry.',
    noneSuch: 'No entry is like this. Ask for less.',
    missing: {
      person: 'There is no such person in the log of your clinic.',
      patient: 'There is no such patient in the log of your clinic.',
    },
    filter: 'Show only',
    person: 'Person',
    everybody: 'everybody',
    personHint: 'What they did, and what was done to their account.',
    patient: 'Patient',
    patientHint:
      'Everything under it: visits, recordings, reports, exports. The list of patients, which shows all of them, is not.',
    unknownPatient: (pseudonym: string) =>
      `No patient is called ${pseudonym}. Of one that is deleted, follow the link in an entry.`,
    deletedPatient:
      'A deleted patient and what was under it, until you name another or show all. Of what an earlier version deleted, only its own entries are found.',
    day: 'Day',
    apply: 'Show',
    all: 'Show all',
    allOfPatient: 'all of this patient',
    notSignedIn: 'not signed in',
    actions: {
      view: 'looked at',
      create: 'made',
      change: 'changed',
      delete: 'deleted',
      analyse: 'had analysed',
      review: 'reviewed',
      withdraw: 'took back',
      download: 'fetched the sound of',
      export: 'exported',
      invite: 'invited',
      join: 'joined',
      'sign-in': 'signed in',
      'sign-out': 'signed out',
      refuse: 'was refused',
      verify: 'checked',
    } as Record<string, string>,
    wordTakenBack: 'took back a word on',
    /** By what was asked for. */
    refused: {
      password: 'was refused: password',
      code: 'was refused: code of the second factor',
      'backup-code': 'was refused: backup code',
    } as Record<string, string>,
    /** Why, by code. */
    refusals: {
      'invalid-email-or-password': 'wrong',
      'invalid-password': 'wrong',
      'invalid-code': 'wrong or too old',
      'invalid-backup-code': 'wrong or used',
      'code-used': 'used already',
      'account-disabled': 'right, but the account is closed',
      'too-many-tries': 'too many tries; later ones of the same quarter of an hour have no entry',
      'account-temporarily-locked': 'too many wrong codes; the account is locked for a quarter of an hour',
      'too-many-attempts-request-new-code': 'wrong five times; the sign-in begins anew',
    } as Record<string, string>,
    records: {
      report: 'report',
      patient: 'patient',
      clinic: 'clinic',
      patients: 'list of patients',
      visit: 'visit',
      recording: 'recording',
      user: 'account',
      invitation: 'invitation',
      log: 'log',
    } as Record<string, string>,
    role: (role: string) => `role ${role}`,
    roleChanged: (from: string, to: string) => `role from ${from} to ${to}`,
    closed: 'closed the account',
    reopened: 'opened the account again',
    password: 'a new password',
    secondFactor: {
      enable: 'began to set up the second factor',
      disable: 'took the second factor away',
      false: 'the second factor was taken away',
      'verify-totp': 'confirmed the second factor',
      'verify-backup-code': 'confirmed by a backup code',
    } as Record<string, string>,
    secondFactorOther: 'second factor',
    elsewhere: (count: number) => `in ${count} other ${count === 1 ? 'place' : 'places'}`,
    nothingNew: 'saved without a change',
    fieldNames: {
      pseudonym: 'pseudonym',
      birthYear: 'year of birth',
      sex: 'sex',
      notes: 'notes',
      day: 'day',
    } as Record<string, string>,
    recordings: (count: number) => `${count} ${count === 1 ? 'recording' : 'recordings'}`,
    sites: (sites: string) => `chest sites: ${sites}`,
    cyclesSet: (channel: string, count: number) =>
      `${channel}: ${count} ${count === 1 ? 'cycle' : 'cycles'} set by hand`,
    cyclesFound: (channel: string) => `${channel}: back to the cycles that are found`,
    blindPass: {
      started: 'blind pass begun',
      ended: 'blind pass finished',
      'ended early': 'blind pass ended before every cycle had a word',
    } as Record<string, string>,
    withoutFindings: 'without what the detector found',
    format: (name: string) => `as ${name}`,
    withClinic: 'with the whole clinic',
    reviewersNamed: 'reviewers named',
    withSound: 'with the sound',
    detectorDecides: 'the detector decides where reviewers do not',
    soundOf: (count: number) =>
      `with access to the sound of ${count} ${count === 1 ? 'recording' : 'recordings'}, from which its pictures are drawn`,
    forReport: 'for the pictures of a report',
  },
  about: {
    title: 'About',
    what: 'crepitus finds crackles in lung sounds: it scores every respiratory cycle of a recording for how much it sounds of crackles.',
    limits: 'What it does not do',
    limitList: [
      'It names no disease, and a score is no probability of one.',
      'It was never tested in care. With other stethoscopes and other patients than those it learned from (see its card below) it may be wrong more often.',
      'Crackles of other causes, skin, hair and clothes can sound alike.',
      'Where a recording lies outside what the detector knows it gives no score and says why.',
    ],
    data: 'Where the data is',
    card: 'The detector’s model card',
    cardHint:
      'As it comes with the detector, in English: what it learned from, how well it does on whom, and what limits it.',
    dataText:
      'Recordings and results stay on the computer that runs this portal. Nothing is sent anywhere. Of a file the samples alone are kept.',
  },
  exports: {
    title: 'Export',
    open: 'Formats and options',
    intro:
      'Exported files are outside the portal’s protection: keep them as you keep the patient’s file. Each export is an entry of the log. Patients go by their pseudonym.',
    options: 'Options',
    names: 'Name reviewers',
    namesHint: 'Otherwise each stands under a code that is the same in all exports.',
    sound: 'FHIR: put the sound into the bundle',
    undecided: 'ICBHI: the detector decides where reviewers do not',
    undecidedHint:
      'Otherwise cycles that nobody reviewed, or on which reviewers differ or are unsure, are left out.',
    nothing: 'No recording yet: there is nothing to export. Add one above.',
    recordingFormats: 'This recording',
    visitFormats: 'All recordings of this visit',
    formats: {
      csv: [
        'CSV',
        'one row per cycle for spreadsheets: times, score, the detector’s and each reviewer’s word',
      ],
      audacity: ['Audacity labels', 'one label track for the detector and for each reviewer'],
      raven: ['Raven selection table', 'cycles as selections, with the frequencies that the detector hears'],
      icbhi: [
        'ICBHI text',
        'start, end, crackle, wheeze; nobody judges wheezes here, so that wheeze is always 0',
      ],
      json: ['JSON', 'everything: what crepitus screen prints, and the reviews'],
      fhir: ['FHIR R4', 'a bundle for a hospital’s system: report, observations, facts of the sound'],
    } as Record<'csv' | 'audacity' | 'raven' | 'icbhi' | 'json' | 'fhir', [string, string]>,
    datasets: 'Data set for crepitus train',
    datasetHint:
      'Sounds and the cycles on which their reviewers agree, labelled crackle or normal (no crackles); unpack it and name it manifest:FOLDER.',
    datasetOf: { visit: 'This visit', patient: 'This patient', clinic: 'The whole clinic' },
    preparing: 'The export is being prepared …',
    started: 'The download has begun.',
    refusals: {} as Record<string, string>,
  },
  review: {
    title: 'Review',
    intro: 'Your word stands beside the detector’s and never over it. Every word is saved at once.',
    reader: 'Your role sees what reviewers said, and says nothing itself.',
    words: { crackle: 'crackles', clear: 'no crackles', unsure: 'unsure' },
    /** On the strip, one sign. */
    confirm: 'Confirm',
    reject: 'Reject',
    confirmHint: 'the detector is right',
    rejectHint: 'the detector is wrong',
    sayCrackle: 'Crackles',
    sayClear: 'No crackles',
    unsure: 'Unsure',
    undo: 'Undo',
    redo: 'Redo',
    loop: 'Loop the cycle',
    nextOpen: 'Next to review',
    choose: 'Choose a cycle first, in the picture, in the table or with J and K.',
    abstained: 'The detector gave no score here: say what you hear with 1 and 2.',
    saved: (cycle: string, word: string) => `${cycle}: ${word}, saved.`,
    undone: (cycle: string, word: string) => `${cycle}: “${word}” taken back.`,
    redone: (cycle: string, word: string) => `${cycle}: “${word}” given again.`,
    nothingToUndo: 'Nothing to take back.',
    nothingToRedo: 'Nothing to give again.',
    nothingOpen: 'Every cycle of this channel has your word, and nobody disagrees.',
    notSaved: 'The word was not saved',
    /** Nothing of a word is kept in the page. */
    unreachable: 'The portal does not answer. Check the connection, then say it again.',
    progress: (said: number, cycles: number) => `You reviewed ${said} of ${cycles} cycles of this channel.`,
    elsewhere: (count: number) =>
      count === 1
        ? '1 word belongs to a cycle that has changed since; it is kept.'
        : `${count} words belong to cycles that have changed since; they are kept.`,
    column: 'Reviewers',
    you: 'you',
    saidBlind: 'blind',
    filter: 'Show',
    filters: {
      all: 'all cycles',
      crackle: 'called crackle',
      open: 'not reviewed by you',
      unsure: 'somebody is unsure',
      disagree: 'somebody disagrees',
      differ: 'reviewers differ',
    },
    shown: (shown: number, all: number) => `${shown} of ${all} cycles`,
    noneShown: 'No cycle is of this kind.',

    blind: 'Blind review',
    blindIntro:
      'In a blind pass you do not see what the detector found or what others said, until you finish it. Agreement of blind words tells most.',
    blindStart: 'Start a blind pass',
    blindOpen:
      'You are reviewing this recording blind: the portal withholds from you what the detector found and what others said.',
    blindHere: 'under your blind review',
    blindFinish: 'Finish the blind pass',
    blindEndEarly: 'End it before every cycle has your word',
    blindLeft: (count: number) =>
      count === 0
        ? 'Every cycle of the recording has your word.'
        : count === 1
          ? '1 cycle of the recording has no word from you yet.'
          : `${count} cycles of the recording have no word from you yet.`,
    blindLink:
      'A colleague who should not see the findings first opens this address instead of the recording’s page:',
    blindTitle: (number: number) => `Blind review of recording ${number}`,
    blindPasses: 'Blind passes',
    blindPass: (name: string, whole: boolean) => (whole ? `${name}, finished` : `${name}, ended early`),

    agreement: 'Agreement',
    noAgreement: 'As soon as two people have reviewed the same cycles, their agreement stands here.',
    basis: { blind: 'said blind', now: 'as the words stand now' },
    /** @param both cycles that both judged, of which somebody was unsure of `unsure` */
    agreed: (agreed: number, both: number, unsure: number) =>
      `They agree on ${agreed} of ${both} ${both === 1 ? 'cycle' : 'cycles'} that both judged${unsure === 0 ? '' : `; of ${unsure} somebody was unsure`}`,
    /** @param others cycles without those of which somebody was unsure; null: nobody was */
    kappa: (kappa: string, others: number | null) =>
      `Cohen’s kappa${others === null ? '' : ` over the other ${others}:`} ${kappa}`,
    seenBefore: 'after having seen the scores',
    agreedUnseen: 'Neither had seen the scores before.',
    agreedSeen: (names: string) => `Said after having seen the scores: ${names}.`,
    agreedUnknown: (names: string) => `Whether the scores had been seen before is not known: ${names}.`,
    noKappa: 'kappa is not defined here: without a cycle that both judged, or with one word alone',
    kappaHint:
      '1 is full agreement, 0 what chance alone would give. Cycles of which somebody was unsure are not counted in it.',
    agreementTable: (first: string, second: string) => `Words of ${first} (rows) and ${second} (columns)`,

    edit: 'Correct the cycles',
    editHint:
      'Drag a border in the strip, or choose a cycle with J and K and a border with ↑ and ↓, and move it with ← and →. Nothing is scored before you ask for it.',
    edited: 'Corrected cycles, not scored yet',
    draftKept: 'Cycles that you corrected earlier and did not have scored are still here.',
    draftOld: 'The recording has been scored with other cycles since. Scoring your draft replaces them.',
    stopEditing: 'Keep the draft and stop correcting',
    discard: 'Discard the draft',
    scoreAgain: 'Score again',
    notScoredAgain: 'The cycles were not scored',
    changedMeanwhile:
      'The cycles of this recording were changed since you opened it, so yours were not scored; your draft is still here.',
    loadNewest: 'Show the newest cycles',
    scoringAgain: 'The corrected cycles are being scored.',
    automatic: 'Go back to automatic cycles',
    setByHand: (who: string) => `Cycles of this channel were set by hand. Last: ${who},`,
    border: 'Border',
    borders: { start: 'From, s', inspirationEnd: 'End of inspiration, s', end: 'To, s' },
    noInspirationEnd: 'Not set: a fixed share of the cycle stands in.',
    splitHere: 'Split at the cursor',
    joinNext: 'Join with the next',
    deleteCycle: 'Delete the cycle',
    deleteKey: 'Delete',
    addCycle: 'Add a cycle at the cursor',
    clearInspiration: 'Forget the end of inspiration',
    at: (cycle: string, border: string, seconds: string) => `${cycle}, ${border} ${seconds}`,
    done: {
      split: 'The cycle is split.',
      join: 'The cycles are joined.',
      delete: 'The cycle is deleted.',
      add: 'A cycle is added.',
      undo: 'The last change of the draft is undone.',
      redo: 'The change of the draft is made again.',
    },
    whyNot: {
      'cursor-outside': 'Put the cursor into the cycle first.',
      'cursor-inside': 'Put the cursor first where no cycle is.',
      'too-short': 'There is too little room there: a cycle lasts 0.2 s or more.',
      'no-next': 'There is no cycle after this one.',
      'last-one': 'One cycle has to stay.',
      'no-inspiration': 'No end of inspiration is set for this cycle.',
    },
    notScored: 'not scored yet',

    keysOn: 'Single keys work on this page',
    keyList: [
      ['C', 'confirm: the detector is right'],
      ['X', 'reject: the detector is wrong'],
      ['1, 2, 3', 'crackles, no crackles, unsure'],
      ['U', 'unsure'],
      ['N, Shift + N', 'next, previous cycle to review: without your word, unsure, or disputed'],
      ['Z, Shift + Z', 'undo, redo'],
      ['L', 'loop the chosen cycle'],
      ['E', 'correct the cycles, or stop'],
      ['?', 'show these keys'],
    ] as [string, string][],
    editKeyList: [
      ['↑ ↓', 'previous, next border of the chosen cycle'],
      ['← →', 'move the border by 10 ms'],
      ['Shift + ← →', 'move it by 100 ms'],
      ['S', 'split at the cursor'],
      ['M', 'join with the next cycle'],
      ['A', 'add a cycle at the cursor'],
      ['Delete', 'delete the chosen cycle'],
      ['I', 'set the end of inspiration at the cursor'],
      ['Z, Shift + Z', 'undo, redo in the draft'],
    ] as [string, string][],
    keysWhileEditing: 'While correcting',
  },
  report: {
    title: 'Report',
    open: 'Report for printing',
    heading: (pseudonym: string) => `Lung sounds of ${pseudonym}`,
    print: 'Print',
    ready: 'As PDF: choose “Save as PDF” where the browser asks for a printer.',
    drawing: (drawn: number, all: number) => `Pictures are being drawn: ${drawn} of ${all}.`,
    incomplete: 'This report is incomplete.',
    clinic: 'Clinic',
    printedBy: 'Report by',
    printedAt: 'Report of',
    taken: 'Taken in',
    notAnalysed: 'Not analysed.',
    result: 'Result by site',
    detectorFound: (said: string) => `The detector over all recordings: ${said}.`,
    findings: 'Findings, cycle by cycle',
    findingsHint: 'The detector’s and the reviewers’ words stand side by side; neither changes the other.',
    seconds: 'Seconds',
    detectorCalls: 'Called crackle',
    candidates: 'Single crackles in / ex',
    reviewersSay: 'Reviewers',
    notReviewed: 'not reviewed',
    gone: 'earlier borders',
    goneHint: 'judged before the borders of the cycle were changed',
    withheld: 'withheld while you review blind',
    flagged: 'Pictures of flagged cycles',
    flaggedHint:
      'Flagged is each cycle that the detector calls crackle, or of which a reviewer says crackles or is unsure. Above the waveform as the detector gets it (share of full scale, each at a scale of its own), below the log-mel picture (frequency in Hz; dark: quiet, bright: loud), both over the seconds of the recording; triangles: single crackles; dashed: borders of cycles; between them a line where inspiration ends, dotted where that is an assumed share of the cycle.',
    visitNotes: 'Notes on the visit',
    pictures: 'Pictures of',
    pictureChoices: {
      flagged: (count: number) => `each flagged cycle (${count})`,
      confirmed: (count: number) => `those in which a reviewer hears crackles (${count})`,
      none: (_: number) => 'none',
    },
    pictureSize: 'Size',
    pictureSizes: { small: '12 to a page', large: '6 to a page' },
    leftOut: (shown: number, flagged: number, choice: 'flagged' | 'confirmed' | 'none') =>
      choice === 'none' || shown === 0
        ? `${flagged} flagged ${flagged === 1 ? 'cycle is' : 'cycles are'} in the table above and without a picture here.`
        : `Pictures of ${shown} of ${flagged} flagged cycles: of those in which a reviewer hears crackles. The others are in the table above.`,
    called: (isCrackle: boolean, score: string, threshold: string) =>
      isCrackle
        ? `Called crackle (score ${score}, from ${threshold} on).`
        : `Not called crackle (score ${score}, below ${threshold}).`,
    likeIt: (counts: string) => `Of those scored alike, ${counts} had crackles.`,
    ofThem: (crackles: number, cycles: number, dataset: string) => `${crackles} of ${cycles} (${dataset})`,
    likeItUnknown: 'How many of those scored alike had crackles is not known.',
    noneFlagged: 'No flagged cycle.',
    notDrawn: 'The picture is not drawn yet.',
    scoredBy: (recordings: string) => `It scored ${recordings}.`,
    limits: (hz: number, bandwidth: number, shortest: string, longest: string) =>
      `It gives no score below ${hz} Hz sample rate, below ${Math.round(bandwidth)} Hz bandwidth, and for cycles shorter than ${shortest} s or longer than ${longest} s.`,
    fromCard: 'From the model card of this detector, in English:',
    nobody: 'Nobody has reviewed these recordings.',
    nobodyHere: 'Nobody has reviewed it.',
    reviewed: (cycles: number, crackles: number, clear: number, unsure: number) =>
      `${cycles} ${cycles === 1 ? 'cycle' : 'cycles'} reviewed: crackles in ${crackles}, none in ${clear}, unsure of ${unsure}; last on`,
    signature: 'Seen by, day, signature',
  },
  trend: {
    title: 'Course over the visits',
    none: 'Nothing to compare yet: no recording of a visit has been scored.',
    site: 'Chest site',
    allSites: 'All sites together',
    followed: 'Followed is',
    measures: {
      cycles: 'cycles called crackle',
      all: 'single crackles per breath',
      inspiration: 'single crackles per inspiration',
      expiration: 'single crackles per expiration',
    },
    broken:
      'Some visits are not joined by a line: they were scored by another version of the detector, recorded with another stethoscope or at another sample rate, at other sites, or their inspirations were ended another way. A difference between them may come from that and not from the patient.',
    noneOfThis: 'No visit has this: no breath was found in its recordings.',
    /** @param measure as in `measures` */
    description: (measure: string, points: number) =>
      `Course of ${points} ${points === 1 ? 'visit' : 'visits'}: ${measure}; the table below holds the figures.`,
    axes: {
      cycles: 'Share of the scored cycles that the detector calls crackle',
      all: 'Single crackles in a breath, on average',
      inspiration: 'Single crackles in an inspiration, on average',
      expiration: 'Single crackles in an expiration, on average',
    },
    explained: {
      cycles:
        'Beside each point: cycles called crackle of scored cycles. The upright line is the 95 % interval (Wilson) of the share, as if cycles were independent of each other; cycles of one recording resemble each other, so the truth is less certain than that. Few cycles, long line.',
      crackles:
        'Beside each point: single crackles in so many breaths. They are counted in the waveform by a fixed rule, without the networks; hair, skin and clothes can count as crackles. The upright line is the 95 % interval of the average, longer where breaths differ from each other; it knows nothing of where and how was listened. A recorder that cuts off high frequencies shows fewer crackles.',
    },
    perBreath: (mean: string, crackles: number, breaths: number) =>
      `${mean} (${crackles} in ${breaths} ${breaths === 1 ? 'breath' : 'breaths'})`,
    noBreaths: 'no breath found',
    assumedEnds: 'inspirations end at an assumed share of the cycle',
    rate: 'Sample rate',
    visit: 'Visit',
    crackles: 'Called crackle',
    interval: '95 % interval',
    range: (low: string, high: string) => `${low} to ${high}`,
    detector: 'Detector',
    sites: 'Sites',
    noCycles: 'nothing scored',
    unfinished: (count: number) =>
      count === 1 ? '1 recording is not analysed' : `${count} recordings are not analysed`,
    withheld: (count: number) =>
      count === 1
        ? '1 recording is under your blind review and left out'
        : `${count} recordings are under your blind review and left out`,
    notJoined: (reasons: string) => `not joined with the visit before: ${reasons}`,
    breaks: {
      detector: 'another detector',
      device: 'another stethoscope',
      'device-unknown': 'stethoscope not given',
      sites: 'other sites',
      rate: 'another sample rate',
      phases: 'inspirations ended another way',
    },
  },
  /** The channel of a recording that is no sound. */
  airflow: {
    name: 'Airflow',
    none: 'no channel',
    hint: 'The channel of a flow sensor, where the recording has one. It is not scored; the cycles of the other channels come from it.',
    analysedAnew:
      'Once saved, the recording is analysed anew, with other cycles. Cycles that were set by hand stay. What reviewers said of cycles that are gone stays in the report and in the JSON export.',
    isChannel: (channel: string) => `${channel} is the airflow.`,
  },
  chest: {
    withoutSite: (channels: number) =>
      channels === 1
        ? '1 channel has no site yet and is not on the pictures; give it on the page of its recording.'
        : `${channels} channels have no site yet and are not on the pictures; give them on the pages of their recordings.`,
    notKnown: 'Not known',
    chooseSiteOf: (channel: string) => `Where was the sensor of ${channel}?`,
    severalChannels:
      'A file with several channels: leave the site open here; each channel gets its own on the page of the recording.',
    giveSites: (channels: number) =>
      `It has ${channels} channels: give the site of each, and say whether one is the airflow.`,
    tableTitle: 'Cycles called crackle by chest site',
    crackleCycles: 'Called crackle',
    scored: 'Cycles scored',
    unscored: 'Not scored',
    none: 'no cycle scored',
    legend: {
      clear: 'no scored cycle called crackle',
      some: 'fewer than half of them: the ring shows the share',
      many: 'half of them or more',
      unscored: 'no score yet, or none given',
      unused: 'no recording',
    },
    map: 'Channels on the chest',
  },
  sites: {
    Tc: 'trachea',
    Al: 'anterior left',
    Ar: 'anterior right',
    Ll: 'lateral left',
    Lr: 'lateral right',
    Pl: 'posterior left',
    Pr: 'posterior right',
    Plu: 'posterior left, upper',
    Pru: 'posterior right, upper',
    Plm: 'posterior left, middle',
    Prm: 'posterior right, middle',
    Plb: 'posterior left, base',
    Prb: 'posterior right, base',
  } as Record<string, string>,
  failures: {
    'cut-off': 'The connection ended before everything was sent; nothing was saved.',
    'at-work': 'This recording is being analysed already; wait for its end.',
    cycles:
      'These cycles cannot be scored: they must lie in the recording, last 0.2 s or more and not overlap.',
    blind:
      'You are reviewing a recording of these blind, and this tells what the detector found; finish your blind pass first.',
    'no-such-cycle': 'The recording has no such cycle any more; load the page again to see its cycles.',
    unreachable: 'The portal does not answer. Check the connection; what you entered is still here.',
    'invalid-email-or-password': 'E-mail address or password is wrong.',
    'invalid-password': 'The current password is wrong.',
    'code-used': 'This code was used already; wait until the app shows the next one.',
    'invalid-code': 'The code is wrong or too old; enter the one that the app shows now.',
    'too-many-attempts-request-new-code': 'Five codes were wrong. Sign in again, from the password on.',
    'invalid-backup-code': 'This backup code is wrong or was used.',
    'invalid-two-factor-cookie': 'Too much time has passed; sign in again.',
    'blob-store': 'The store of recordings does not answer; try again in a minute.',
    'blob-missing':
      'The sound of this recording is missing in the store; ask an administrator to put it back from a backup.',
    'blob-damaged':
      'The sound of this recording is damaged in the store; ask an administrator to put it back from a backup.',
  } as Record<string, string>,
  /** Of programs, which write English. */
  sentences: [] as Translations,
  /** By code of a quality finding; where one is missing its own English sentence stands. */
  findings: {} as Record<string, string>,
  /** Those of which the figure is told, with its unit. */
  findingsWithFigure: {} as Record<string, (figure: string) => string>,
  findingTitles: {
    clipping: 'clipped',
    silence: 'silent',
    'too-short': 'too short',
    'low-bandwidth': 'low bandwidth',
    'no-breaths-found': 'no breaths found',
    'beyond-full-scale': 'scaled down',
    'data-truncated': 'cut off',
    'data-damaged': 'damaged in places',
    'block-align-wrong': 'header mended',
    'data-size-open': 'header mended',
    'encoder-delay-unknown': 'start uncertain',
  } as Record<string, string>,
};
