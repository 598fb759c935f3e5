/** A row of the paper's table II: figures for the crackle class, per cycle, averaged over 5 runs and 7 folds. */
export interface PaperRow {
  readonly system: string;
  readonly sensitivity: number;
  readonly precision: number;
  readonly fscore: number;
}

/**
 * Table II of T. Nguyen and F. Pernkopf, "Crackle Detection In Lung Sounds Using Transfer Learning And Multi-Input
 * Convolutional Neural Networks" (EMBC 2021, arXiv 2104.14921), in its order: 16 healthy subjects and 7 with idiopathic
 * pulmonary fibrosis, 4405 normal and 1791 crackle cycles, a data set that is not public. Names are written one way
 * throughout (the print has variants such as "Ratio-25"). The best ratio and tuning start of each kind were chosen on
 * the same test folds.
 */
export const paperTable2: readonly PaperRow[] = [
  ['Scratch_Cyc_SamplePad', 0.8526, 0.6675, 0.7487],
  ['Scratch_Cyc_Ins_Ratio_25_SamplePad', 0.908, 0.7373, 0.8137],
  ['Scratch_Cyc_Exp_Ratio_49_SamplePad', 0.8975, 0.6926, 0.7818],
  ['Scratch_Ins_Exp_Ratio_25_SamplePad', 0.9035, 0.7582, 0.8245],
  ['Scratch_Cyc_Ins_Exp_Ratio_25_SamplePad', 0.8996, 0.7261, 0.8036],
  ['Scratch_Cyc_ZeroPad', 0.845, 0.6521, 0.7361],
  ['Scratch_Cyc_Ins_Ratio_25_ZeroPad', 0.8908, 0.7476, 0.8129],
  ['Scratch_Cyc_Exp_Ratio_49_ZeroPad', 0.9064, 0.6857, 0.7807],
  ['Scratch_Ins_Exp_Ratio_25_ZeroPad', 0.907, 0.7037, 0.7925],
  ['Scratch_Cyc_Ins_Exp_Ratio_25_ZeroPad', 0.9005, 0.7457, 0.8159],
  ['2ndConv_Cyc_Ins_Ratio_12_SamplePad', 0.8532, 0.8411, 0.8471],
  ['4thBN_Cyc_Exp_Ratio_13_SamplePad', 0.8647, 0.725, 0.7887],
  ['3rdBN_Ins_Exp_Ratio_49_SamplePad', 0.8627, 0.8005, 0.8304],
  ['3rdConv_Cyc_Ins_Exp_Ratio_49_SamplePad', 0.8845, 0.7917, 0.8356],
].map(([system, sensitivity, precision, fscore]) => ({ system, sensitivity, precision, fscore }) as PaperRow);
